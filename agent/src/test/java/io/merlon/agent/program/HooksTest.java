package io.merlon.agent.program;

import static io.merlon.agent.program.RepairTest.WEB;
import static io.merlon.agent.program.RepairTest.enforced;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.merlon.agent.interfaces.OwnNamespace;
import io.merlon.agent.program.DatapathSettings.HookKind;
import io.merlon.bpf.OwnedProgram;
import io.merlon.datapath.Hook;
import io.merlon.netlink.Qdisc;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which way our programs come to an interface, where both are known. */
class HooksTest {
  private static final int LOOKS = 100;

  private static List<Integer> programs(HostInterface at, Hook hook) {
    return ProgramsAt.of(at.ifindex(), hook, HookKind.TCX);
  }

  /** The qdisc that a filter needs deactivates its interface for a moment. */
  @Test
  void whatWasThereBeforeGetsLinksAtOnceAndNoQdisc() {
    try (KernelNode node = new KernelNode(HookKind.BEST)) {
      HostInterface at = node.addInterfaces(1).getFirst();
      try (LibbpfDatapath datapath = enforced(node, at)) {
        List<Integer> ours = List.of(datapath.kernel().program(Hook.FROM_POD).id());
        assertEquals(ours, node.links(at));
        assertEquals(1, node.programs(at, Hook.TO_POD).size());
        assertFalse(node.namespace().call(() -> Qdisc.isClsact(at.ifindex())));
        assertEquals(0, node.namespace().<Integer>call(() -> datapath.settle(5)));
        node.run(() -> datapath.release(at.ifindex()));
        assertFalse(node.namespace().call(() -> Qdisc.isClsact(at.ifindex())));
      }
    }
  }

  /** The kernel gives a number that is free again to the next interface. */
  @Test
  void aNewInterfaceOfAFormersNumberGetsAFilterFirst() {
    try (KernelNode node = new KernelNode(HookKind.BEST)) {
      HostInterface at = node.addInterfaces(1).getFirst();
      try (LibbpfDatapath datapath = enforced(node, at)) {
        node.namespace().ip("link delete " + at.name());
        datapath.release(at.ifindex());
        node.namespace()
            .ip(
                "link add %s index %d type veth peer name pod0".formatted(at.name(), at.ifindex()),
                "link set %s up".formatted(at.name()));
        node.run(() -> datapath.bind(at, WEB));
        assertEquals(List.of(), node.links(at));
        assertEquals(1, node.programs(at, Hook.FROM_POD).size());
      }
    }
  }

  /** Another program comes to a filter by one exchange, not by a link that takes its time. */
  @Test
  void anUnsettledFilterStaysOneThroughARestart() {
    try (KernelNode node = new KernelNode(HookKind.BEST)) {
      HostInterface at;
      try (LibbpfDatapath datapath = node.open()) {
        at = node.addInterfaces(1).getFirst();
        enforced(node, datapath, at);
      }
      HookPlace place = new HookPlace(at.ifindex(), Hook.FROM_POD);
      node.run(() -> {
        try (OwnedProgram former = OwnedProgram.withoutOpinion(Hook.FROM_POD.program())) {
          new ClsactHooks(DatapathSettings.CLSACT_PRIORITY).put(place, former);
        }
      });
      try (LibbpfDatapath next = node.open()) {
        assertEquals(List.of(), node.links(at));
        assertEquals(
            List.of(next.kernel().program(Hook.FROM_POD).id()), node.programs(at, Hook.FROM_POD));
        assertEquals(2, node.namespace().<Integer>call(() -> next.settle(5)));
      }
    }
  }

  /** A bandwidth plugin of the CNI's needs the place that a clsact qdisc takes. */
  @Test
  void whereLinksAreAskedForANewInterfaceKeepsTheIngressForOthers() {
    try (KernelNode node = new KernelNode(HookKind.TCX);
        LibbpfDatapath datapath = node.open()) {
      HostInterface at = node.addInterfaces(1).getFirst();
      enforced(node, datapath, at);
      assertEquals(List.of(datapath.kernel().program(Hook.FROM_POD).id()), node.links(at));
      node.run(() ->
          OwnNamespace.execute(List.of("tc", "qdisc", "add", "dev", at.name(), "ingress"), ""));
      assertEquals(Inspection.CLEAN, node.namespace().call(datapath::check));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TCX", "CLSACT"})
  void anotherWayIsTakenFromTheNextStartOn(HookKind next) {
    try (KernelNode node = new KernelNode(HookKind.BEST)) {
      HostInterface settled;
      HostInterface unsettled;
      try (LibbpfDatapath datapath = node.open()) {
        settled = node.addInterfaces(2).getFirst();
        unsettled = new HostInterface(settled.ifindex() + 2, "eni1");
        enforced(node, datapath, settled);
        node.namespace().<Integer>call(() -> datapath.settle(2));
        node.run(() -> datapath.bind(unsettled, WEB));
      }
      try (LibbpfDatapath datapath = node.open(next)) {
        List<Integer> ours = List.of(datapath.kernel().program(Hook.FROM_POD).id());
        boolean links = next == HookKind.TCX;
        for (HostInterface at : List.of(settled, unsettled)) {
          node.run(() -> datapath.bind(at, WEB));
          assertEquals(links ? ours : List.of(), node.links(at));
          assertEquals(ours, node.programs(at, Hook.FROM_POD));
        }
      }
    }
  }

  /** A link takes a grace period: were one hook to judge so long alone, replies would be denied. */
  @Test
  void neitherHookJudgesWhileTheOtherHasNoLinkYet() throws InterruptedException {
    try (KernelNode node = new KernelNode(HookKind.BEST)) {
      HostInterface at = node.addInterfaces(1).getFirst();
      try (LibbpfDatapath datapath = node.open()) {
        List<Integer> ours = List.of(datapath.kernel().program(Hook.FROM_POD).id());
        AtomicInteger alone = new AtomicInteger();
        AtomicInteger looks = new AtomicInteger();
        AtomicInteger releases = new AtomicInteger();
        AtomicBoolean ended = new AtomicBoolean();
        Thread observer =
            node.namespace()
                .call(() -> {
                  Thread inside = // its network namespace is that of the thread that starts it
                      Thread.ofPlatform()
                          .unstarted(() -> {
                            while (!ended.get()) {
                              int before = releases.get();
                              boolean judges = programs(at, Hook.FROM_POD).equals(ours);
                              boolean other = !programs(at, Hook.TO_POD).isEmpty();
                              // Odd while both go, one after the other.
                              boolean stays = before % 2 == 0 && releases.get() == before;
                              alone.addAndGet(judges && !other && stays ? 1 : 0);
                              looks.incrementAndGet();
                            }
                          });
                  inside.start();
                  return inside;
                });
        while (looks.get() < LOOKS) {
          node.run(() -> datapath.bind(at, WEB));
          releases.incrementAndGet();
          node.run(() -> datapath.release(at.ifindex()));
          releases.incrementAndGet();
        }
        ended.set(true);
        observer.join();
        assertEquals(0, alone.get(), "of " + looks + " looks");
      }
    }
  }
}
