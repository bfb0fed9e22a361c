package io.merlon.agent.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.merlon.agent.compile.Mode;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.interfaces.InterfaceNaming;
import io.merlon.agent.interfaces.LinkEvent;
import io.merlon.agent.interfaces.LinkMatch;
import io.merlon.agent.interfaces.LinkWatch;
import io.merlon.agent.interfaces.PodInterfaces;
import io.merlon.agent.interfaces.VpcCniNaming;
import io.merlon.agent.plan.Endpoint;
import io.merlon.agent.plan.PlanStep;
import io.merlon.agent.program.DatapathSettings.HookKind;
import io.merlon.datapath.Hook;
import java.io.IOException;
import java.io.Writer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Pods are armed before their interfaces exist; each interface is enforced as soon as the kernel
 * announces it. Prints how long that takes, from the moment ip(8) is told to create the link.
 */
class ArmingTest {
  /** The budget is for 1,000: {@code -Dmerlon.links=1000}. */
  private static final int LINKS = Integer.getInteger("merlon.links", 100);

  private static PodRef pod(int number) {
    return new PodRef("shop", "web-" + number);
  }

  @ParameterizedTest
  @EnumSource
  void attachesAsSoonAsALinkAppears(HookKind kind) throws Exception {
    BlockingQueue<LinkEvent> events = new LinkedBlockingQueue<>();
    PodInterfaces pods = new PodInterfaces(InterfaceNaming.EKS);
    try (KernelNode node = new KernelNode(kind);
        LinkWatch watch = node.namespace().call(() -> LinkWatch.start(events::add));
        LibbpfDatapath datapath = node.open()) {
      assertNotNull(watch);
      arm(datapath, pods);
      Process ip = node.namespace().start("ip", "-batch", "-");
      long[] nanos = new long[LINKS];
      HostInterface last;
      try (Writer commands = ip.outputWriter()) {
        last = node.namespace().call(() -> follow(commands, events, pods, datapath, nanos));
      }
      assertEquals(0, ip.waitFor());
      assertEquals(LINKS, node.namespace().call(datapath::guarded).size());
      assertEquals(LINKS, datapath.kernel().endpoints().entries().size());
      assertEquals(
          List.of(datapath.kernel().program(Hook.FROM_POD).id()),
          node.programs(last, Hook.FROM_POD));
      print(kind, nanos);
    }
  }

  private static void arm(LibbpfDatapath datapath, PodInterfaces pods) {
    datapath.apply(new PlanStep.WriteTable(0, RepairTest.closed()));
    datapath.apply(new PlanStep.SwitchSubject(1, 0));
    for (int i = 0; i < LINKS; i++) {
      List<Address> own = List.of(Address.of("10.0.%d.%d".formatted(i >> 8, i & 255)));
      datapath.apply(new PlanStep.PutEndpoint(pod(i), new Endpoint(1, Mode.ENFORCE, own)));
      pods.expect(pod(i), own);
    }
  }

  /** One link after the other: nothing but the arming itself is measured. */
  private static HostInterface follow(
      Writer commands,
      BlockingQueue<LinkEvent> events,
      PodInterfaces pods,
      LibbpfDatapath datapath,
      long[] nanos)
      throws IOException, InterruptedException {
    HostInterface last = null;
    for (int i = 0; i < nanos.length; i++) {
      String name = VpcCniNaming.EKS.hostInterface(pod(i));
      long start = System.nanoTime();
      commands.write("link add %s type veth peer name p%d\n".formatted(name, i));
      commands.flush();
      last = null;
      while (last == null) {
        LinkEvent event = events.poll(20, TimeUnit.SECONDS);
        assertNotNull(event, "no event for " + name);
        for (LinkMatch match : pods.on(event)) {
          last = new HostInterface(match.link().ifindex(), match.link().name());
          datapath.bind(last, match.pod());
        }
      }
      nanos[i] = System.nanoTime() - start;
      assertEquals(name, last.name());
    }
    return Objects.requireNonNull(last);
  }

  private static void print(HookKind kind, long[] nanos) {
    double first = nanos[0] / 1e6;
    Arrays.sort(nanos);
    System.out.printf(
        "print: %s: %d links, created to attached: first %.2f ms, p50 %.2f ms, p99 %.2f ms,"
            + " worst %.2f ms%n",
        kind,
        nanos.length,
        first,
        nanos[nanos.length / 2] / 1e6,
        nanos[(nanos.length * 99 + 99) / 100 - 1] / 1e6,
        nanos[nanos.length - 1] / 1e6);
  }
}
