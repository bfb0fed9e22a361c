package io.merlon.agent.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.identity.PodRef;
import io.merlon.agent.plan.DesiredState;
import io.merlon.agent.plan.Planner;
import io.merlon.agent.program.DatapathSettings.HookKind;
import io.merlon.bpf.Pins;
import io.merlon.datapath.Config;
import io.merlon.datapath.Counter;
import io.merlon.datapath.Flow;
import io.merlon.datapath.FlowKey;
import io.merlon.datapath.FlowState;
import io.merlon.datapath.Hook;
import io.merlon.datapath.IpAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What one process leaves in the kernel, the next one finds. */
class AdoptionTest {
  private static void reach(LibbpfDatapath datapath, DesiredState desired) {
    datapath.apply(new Planner(datapath.capacities()).plan(datapath.observed(), desired));
  }

  private static void bind(LibbpfDatapath datapath, Map<PodRef, HostInterface> owners) {
    owners.forEach((pod, at) -> datapath.bind(at, pod));
  }

  @ParameterizedTest
  @EnumSource
  void readsBackWhatPlansWrote(HookKind kind) {
    try (KernelNode node = new KernelNode(kind)) {
      List<DesiredState> story = Worlds.story(7, 6);
      Map<PodRef, HostInterface> owners = Worlds.owners(story, node.addInterfaces(6));
      for (DesiredState desired : story) {
        Content expected;
        try (LibbpfDatapath datapath = node.open()) {
          node.run(() -> bind(datapath, owners));
          reach(datapath, desired);
          expected = Content.of(datapath.observed(), owners.keySet());
          assertEquals(desired.addresses(), datapath.observed().addresses());
        }
        try (LibbpfDatapath next = node.open()) {
          assertEquals(new Adoption.Adopted(owners.size(), 0), next.adoption());
          Content found = Content.of(next.observed(), owners.keySet());
          assertEquals(expected, found, () -> expected.difference(found));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void enforcesWhileNobodyRuns(HookKind kind) {
    try (KernelNode node = new KernelNode(kind)) {
      HostInterface at = node.addInterfaces(1).getFirst();
      try (LibbpfDatapath datapath = node.open()) {
        node.run(() -> datapath.bind(at, new PodRef("shop", "web")));
      }
      List<Integer> before = node.programs(at, Hook.FROM_POD);
      assertEquals(1, before.size());
      try (LibbpfDatapath datapath = node.open()) {
        List<Integer> after = node.programs(at, Hook.FROM_POD);
        assertEquals(List.of(datapath.kernel().program(Hook.FROM_POD).id()), after);
        assertEquals(before, after, "the verifier had nothing to do");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"BEST", "CLSACT"})
  void finishesAnExchangeOfFilterAndLinkThatWasCutShort(HookKind next) {
    try (KernelNode node = new KernelNode(HookKind.BEST)) {
      HostInterface at;
      try (LibbpfDatapath datapath = node.open()) {
        HostInterface late = node.addInterfaces(1).getFirst();
        at = late;
        node.run(() -> datapath.bind(late, new PodRef("shop", "web")));
        assertEquals(2, node.namespace().call(() -> datapath.settle(2)));
        ClsactHooks filters = new ClsactHooks(DatapathSettings.CLSACT_PRIORITY);
        for (HookPlace place : HookPlace.of(at.ifindex(), false)) {
          node.run(() -> filters.put(place, datapath.kernel().program(place.hook())));
        }
      }
      assertEquals(2, node.programs(at, Hook.TO_POD).size());
      DatapathSettings settings = KernelNode.settings(node.root(), next);
      try (LibbpfDatapath datapath = node.namespace().call(() -> LibbpfDatapath.open(settings))) {
        for (Hook hook : List.of(Hook.FROM_POD, Hook.TO_POD)) {
          assertEquals(List.of(datapath.kernel().program(hook).id()), node.programs(at, hook));
        }
        assertEquals(next == HookKind.BEST ? 1 : 0, node.links(at).size());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void takesOverFromWhatItCannotRead(HookKind kind) throws IOException {
    takesOver(
        kind,
        generation -> {
          Pins.unpin(generation.resolve("cidrs4"));
          return generation;
        });
  }

  @ParameterizedTest
  @EnumSource
  void takesOverFromAnotherLayout(HookKind kind) throws IOException {
    takesOver(
        kind,
        generation -> {
          try {
            Path current = generation.resolveSibling("current");
            Path former = generation.resolveSibling("v" + (Config.LAYOUT - 1) + "g1");
            Files.delete(current);
            Files.move(generation, former);
            Files.createSymbolicLink(current, former.getFileName());
            return former;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /**
   * Where somebody changed what the process before left.
   *
   * @param change of the folder of maps; says where it is after that
   */
  private static void takesOver(HookKind kind, UnaryOperator<Path> change) throws IOException {
    try (KernelNode node = new KernelNode(kind)) {
      List<DesiredState> story = Worlds.story(3, 1);
      Map<PodRef, HostInterface> owners = Worlds.owners(story, node.addInterfaces(3));
      HostInterface at = owners.values().iterator().next();
      FlowKey key =
          new FlowKey(at.ifindex(), IpAddress.of("10.0.0.1"), IpAddress.of("10.0.0.2"), 1, 2, 6);
      try (LibbpfDatapath datapath = node.open()) {
        node.run(() -> bind(datapath, owners));
        reach(datapath, story.getFirst());
        datapath.kernel().flows(false).put(key, flow(1));
      }
      List<Integer> old = node.programs(at, Hook.FROM_POD);
      Path generation = change.apply(generations(node).getFirst());
      for (int attempt = 0; attempt < 2; attempt++) {
        // The first time it is closed before it takes over, as by a crash.
        try (LibbpfDatapath datapath = node.open()) {
          assertInstanceOf(Adoption.Beside.class, datapath.adoption());
          node.run(() -> bind(datapath, owners));
          reach(datapath, story.getFirst());
          assertEquals(old, node.programs(at, Hook.FROM_POD), "the old programs go on");
          if (attempt == 1) {
            node.run(datapath::takeOver);
            int id = datapath.kernel().program(Hook.FROM_POD).id();
            assertEquals(List.of(id), node.programs(at, Hook.FROM_POD));
            Flow carried = datapath.kernel().flows(false).get(key).orElseThrow();
            assertNotEquals(
                datapath.kernel().config().get(0).orElseThrow().epoch(), carried.epoch());
            assertEquals(FlowState.OPEN, carried.state());
          }
        }
      }
      assertEquals(1, generations(node).size());
      assertNotEquals(List.of(generation), generations(node));
      try (LibbpfDatapath datapath = node.open()) {
        assertInstanceOf(Adoption.Adopted.class, datapath.adoption());
      }
    }
  }

  private static Flow flow(int epoch) {
    return new Flow(epoch, 3, 4, 5, 6, FlowState.OPEN, 0, 0, Counter.ZERO, Counter.ZERO);
  }

  private static List<Path> generations(KernelNode node) throws IOException {
    try (Stream<Path> files = Files.list(node.root())) {
      return new ArrayList<>(
          files.filter(file -> file.getFileName().toString().startsWith("v")).sorted().toList());
    }
  }

  /** An index is free for another interface as soon as its own is gone. */
  @ParameterizedTest
  @EnumSource
  void aStrangerWithTheNumberOfAnInterfaceThatWentIsLeftAlone(HookKind kind) {
    try (KernelNode node = new KernelNode(kind)) {
      HostInterface gone = enforcedOnOneThatWent(node, "stranger");
      try (LibbpfDatapath datapath = node.open()) {
        assertEquals(Set.of(), node.namespace().call(datapath::guarded));
        assertEquals(Map.of(), datapath.owners());
        node.run(datapath::check);
        HostInterface stranger = new HostInterface(gone.ifindex(), "stranger");
        assertEquals(List.of(), node.programs(stranger, Hook.FROM_POD));
        assertEquals(Map.of(), datapath.kernel().endpoints().entries());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatHasNoProgramIsNotCalledGuarded(HookKind kind) {
    try (KernelNode node = new KernelNode(kind)) {
      HostInterface again = enforcedOnOneThatWent(node, "eni0");
      try (LibbpfDatapath datapath = node.open()) {
        assertEquals(Set.of(), node.namespace().call(datapath::guarded));
        assertEquals(Set.of(again), datapath.owners().keySet());
        node.run(datapath::check);
        assertEquals(Set.of(again), node.namespace().call(datapath::guarded));
      }
    }
  }

  /** An interface that was enforced on, and another one of its number that came since. */
  private static HostInterface enforcedOnOneThatWent(KernelNode node, String next) {
    HostInterface gone = node.addInterfaces(1).getFirst();
    List<DesiredState> story = Worlds.story(5, 1);
    try (LibbpfDatapath datapath = node.open()) {
      node.run(() -> bind(datapath, Worlds.owners(story, List.of(gone))));
      reach(datapath, story.getFirst());
      assertEquals(1, datapath.kernel().endpoints().entries().size());
    }
    node.namespace()
        .ip(
            "link delete " + gone.name(),
            "link add %s index %d type veth peer name other".formatted(next, gone.ifindex()));
    return gone;
  }

  @ParameterizedTest
  @EnumSource
  void sweepsWhatNobodyClaims(HookKind kind) {
    try (KernelNode node = new KernelNode(kind)) {
      List<HostInterface> interfaces = node.addInterfaces(3);
      List<DesiredState> story = Worlds.story(5, 1);
      Map<PodRef, HostInterface> owners = Worlds.owners(story, interfaces);
      try (LibbpfDatapath datapath = node.open()) {
        node.run(() -> bind(datapath, owners));
        reach(datapath, story.getFirst());
      }
      node.namespace().ip("link delete " + interfaces.get(2).name());
      try (LibbpfDatapath datapath = node.open()) {
        Map.Entry<PodRef, HostInterface> kept = owners.entrySet().iterator().next();
        node.run(() -> {
          datapath.bind(kept.getValue(), kept.getKey());
          datapath.sweep();
          assertEquals(Set.of(kept.getValue()), datapath.guarded());
        });
        assertTrue(node.programs(interfaces.get(1), Hook.FROM_POD).isEmpty());
        assertEquals(1, node.programs(kept.getValue(), Hook.FROM_POD).size());
        assertTrue(datapath.kernel().endpoints().entries().size() <= 1);
      }
    }
  }
}
