package io.merlon.agent.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.compile.DecidedBy;
import io.merlon.agent.compile.Decision;
import io.merlon.agent.compile.Mode;
import io.merlon.agent.compile.Row;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.interfaces.OwnNamespace;
import io.merlon.agent.plan.Endpoint;
import io.merlon.agent.plan.PlanStep;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.program.DatapathSettings.HookKind;
import io.merlon.bpf.BpfException;
import io.merlon.bpf.BpfProgram;
import io.merlon.bpf.ClsactFilter;
import io.merlon.bpf.Inventory;
import io.merlon.bpf.OwnedProgram;
import io.merlon.bpf.Pins;
import io.merlon.bpf.TcxLink;
import io.merlon.datapath.Hook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What somebody removed behind our back is noticed and comes back; what is others' stays. */
class RepairTest {
  static final PodRef WEB = new PodRef("shop", "web");

  static VerdictTable closed() {
    Map<Integer, Row> in = Map.of(0, row(Direction.INGRESS));
    return VerdictTable.of(in, Map.of(0, row(Direction.EGRESS)));
  }

  private static Row row(Direction direction) {
    return Row.of(Decision.deny(new DecidedBy.DefaultDeny(direction, List.of())));
  }

  static LibbpfDatapath enforced(KernelNode node, HostInterface at) {
    return enforced(node, node.open(), at);
  }

  static LibbpfDatapath enforced(KernelNode node, LibbpfDatapath datapath, HostInterface at) {
    datapath.apply(new PlanStep.WriteTable(0, closed()));
    datapath.apply(new PlanStep.SwitchSubject(1, 0));
    Endpoint endpoint = new Endpoint(1, Mode.ENFORCE, List.of(Address.of("10.0.0.1")));
    datapath.apply(new PlanStep.PutEndpoint(WEB, endpoint));
    node.run(() -> datapath.bind(at, WEB));
    return datapath;
  }

  private static List<Repair.Kind> check(KernelNode node, LibbpfDatapath datapath) {
    List<Repair.Kind> kinds =
        node.namespace().call(datapath::check).repairs().stream().map(Repair::kind).toList();
    assertEquals(Inspection.CLEAN, node.namespace().call(datapath::check), "once is enough");
    return kinds;
  }

  @ParameterizedTest
  @EnumSource
  void putsProgramsBack(HookKind kind) {
    try (KernelNode node = new KernelNode(kind)) {
      try (LibbpfDatapath datapath = node.open()) {
        HostInterface at = node.addInterfaces(1).getFirst(); // later than the agent: a filter
        enforced(node, datapath, at);
        assertEquals(Inspection.CLEAN, node.namespace().call(datapath::check));
        node.run(() -> takeOff(node, kind, at));
        assertTrue(node.programs(at, Hook.FROM_POD).isEmpty());
        assertTrue(check(node, datapath).contains(Repair.Kind.HOOK));
        assertEquals(
            List.of(datapath.kernel().program(Hook.FROM_POD).id()),
            node.programs(at, Hook.FROM_POD));
        assertEquals(1, node.programs(at, Hook.TO_POD).size());
      }
    }
  }

  private static void takeOff(KernelNode node, HookKind kind, HostInterface at) {
    if (kind != HookKind.TCX) {
      ClsactFilter.removeQdisc(at.ifindex());
      return;
    }
    Path pin = new PinLayout(node.root()).link(at.ifindex(), Hook.FROM_POD);
    try (TcxLink link = TcxLink.openPinned(pin)) {
      link.detach();
    }
  }

  @Test
  void settlesFromFiltersToLinks() {
    try (KernelNode node = new KernelNode(HookKind.BEST)) {
      HostInterface at;
      try (LibbpfDatapath datapath = node.open()) {
        at = node.addInterfaces(1).getFirst();
        enforced(node, datapath, at);
        List<Integer> ours = List.of(datapath.kernel().program(Hook.FROM_POD).id());
        assertEquals(List.of(), node.links(at), "a filter first");
        assertEquals(ours, node.programs(at, Hook.FROM_POD));
        assertEquals(2, node.namespace().<Integer>call(() -> datapath.settle(5)));
        assertEquals(ours, node.links(at), "then a link");
        assertEquals(ours, node.programs(at, Hook.FROM_POD), "and no filter beside it");
        assertEquals(0, node.namespace().<Integer>call(() -> datapath.settle(5)));
        assertEquals(List.of(), check(node, datapath));
      }
      try (LibbpfDatapath next = node.open()) {
        assertEquals(
            List.of(next.kernel().program(Hook.FROM_POD).id()), node.programs(at, Hook.FROM_POD));
      }
    }
  }

  @Test
  void pinsAgainWhatLostItsName() {
    try (KernelNode node = new KernelNode(HookKind.TCX)) {
      HostInterface at = node.addInterfaces(1).getFirst();
      try (LibbpfDatapath datapath = enforced(node, at)) {
        PinLayout layout = new PinLayout(node.root());
        Path map = layout.inForce().orElseThrow().map("flows4");
        Path link = layout.link(at.ifindex(), Hook.TO_POD);
        Pins.unpin(map);
        Pins.unpin(link);
        assertEquals(List.of(Repair.Kind.PIN, Repair.Kind.PIN), check(node, datapath));
        assertTrue(Files.exists(map));
        assertTrue(Files.exists(link));
      }
    }
  }

  @Test
  void outlivesTheFileSystem() {
    try (KernelNode node = new KernelNode(HookKind.TCX)) {
      HostInterface at = node.addInterfaces(1).getFirst();
      try (LibbpfDatapath datapath = enforced(node, at)) {
        List<Integer> programs = node.programs(at, Hook.FROM_POD);
        OwnNamespace.execute(List.of("umount", node.folder().toString()), "");
        assertEquals(programs, node.programs(at, Hook.FROM_POD), "the agent holds the link");
        assertTrue(check(node, datapath).contains(Repair.Kind.FILE_SYSTEM));
        assertEquals(programs, node.programs(at, Hook.FROM_POD));
      }
      try (LibbpfDatapath next = node.open()) {
        assertEquals(new Adoption.Adopted(1, 0), next.adoption());
        assertEquals(Set.of(WEB), next.observed().endpoints().keySet());
      }
    }
  }

  @Test
  void writesEntriesAgain() {
    try (KernelNode node = new KernelNode(HookKind.TCX)) {
      HostInterface at = node.addInterfaces(1).getFirst();
      try (LibbpfDatapath datapath = enforced(node, at)) {
        var endpoints = datapath.kernel().endpoints();
        var before = endpoints.get(at.ifindex());
        endpoints.delete(at.ifindex());
        var config = datapath.kernel().config();
        config.put(0, config.get(0).orElseThrow().withFlags(0));
        assertEquals(List.of(Repair.Kind.ENTRY, Repair.Kind.ENTRY), check(node, datapath));
        assertEquals(before, endpoints.get(at.ifindex()));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void detachingLeavesNothingOfOursAndAllOfOthers(HookKind kind) throws IOException {
    try (KernelNode node = new KernelNode(kind);
        OwnedProgram others = OwnedProgram.withoutOpinion("from_pod")) {
      HostInterface at = node.addInterfaces(1).getFirst();
      int other = others.id();
      Path otherPin = node.folder().resolve("others");
      node.run(() -> attachOther(kind, at, others, otherPin));
      Set<Integer> maps;
      try (LibbpfDatapath datapath = enforced(node, at)) {
        int ours = datapath.kernel().program(Hook.FROM_POD).id();
        assertEquals(List.of(ours, other), node.programs(at, Hook.FROM_POD));
        maps =
            datapath.kernel().object().maps().stream()
                .map(name -> datapath.kernel().object().mapInfo(name).id())
                .collect(Collectors.toSet());
      }
      node.run(() -> LibbpfDatapath.detachEverything(node.settings()));
      assertEquals(List.of(other), node.programs(at, Hook.FROM_POD));
      assertTrue(node.programs(at, Hook.TO_POD).isEmpty());
      assertFalse(Files.exists(node.root()));
      assertTrue(kind == HookKind.CLSACT || Files.exists(otherPin));
      awaitGone(maps);
    }
  }

  /** The agent may still run, and the names be gone with their file system. */
  @ParameterizedTest
  @EnumSource
  void detachesWhatHasNoNameAnyMore(HookKind kind) {
    try (KernelNode node = new KernelNode(kind)) {
      try (LibbpfDatapath datapath = node.open()) {
        HostInterface at = node.addInterfaces(1).getFirst();
        enforced(node, datapath, at);
        node.run(() -> datapath.settle(1)); // by BEST one hook has a link now, and one a filter
        OwnNamespace.execute(List.of("umount", node.folder().toString()), "");
        assertEquals(1, node.programs(at, Hook.FROM_POD).size());
        node.run(() -> LibbpfDatapath.detachEverything(node.settings()));
        assertEquals(List.of(), node.programs(at, Hook.FROM_POD));
        assertEquals(List.of(), node.programs(at, Hook.TO_POD));
      }
      OwnNamespace.execute(List.of("mount", "-t", "bpf", "bpf", node.folder().toString()), "");
    }
  }

  /** As the bandwidth plugin of CNI adds it: it has no egress, and takes a clsact's place. */
  @Test
  void attachesByLinksWhereAnIngressQdiscIs() {
    try (KernelNode node = new KernelNode(HookKind.BEST)) {
      HostInterface at = node.addInterfaces(1).getFirst();
      node.run(() -> tc("qdisc add dev " + at.name() + " ingress"));
      try (LibbpfDatapath datapath = enforced(node, at)) {
        assertEquals(1, node.links(at).size());
        assertEquals(1, node.programs(at, Hook.TO_POD).size());
        assertEquals(Inspection.CLEAN, node.namespace().call(datapath::check));
      }
    }
  }

  @Test
  void reportsAnIngressQdiscThatTakesTheFiltersPlace() {
    try (KernelNode node = new KernelNode(HookKind.CLSACT)) {
      List<HostInterface> interfaces = node.addInterfaces(2);
      HostInterface at = interfaces.getFirst();
      try (LibbpfDatapath datapath = enforced(node, at)) {
        node.run(() -> {
          tc("qdisc del dev " + at.name() + " clsact");
          tc("qdisc add dev " + at.name() + " ingress");
        });
        Inspection found = node.namespace().call(datapath::check);
        assertEquals(1, found.damages().size(), found.toString());
        assertEquals(at.ifindex(), found.damages().getFirst().ifindex());
        assertTrue(found.damages().getFirst().text().contains("no clsact qdisc"));
        assertEquals(found.damages(), node.namespace().call(datapath::check).damages());
        node.run(() -> tc("qdisc del dev " + at.name() + " ingress"));
        assertEquals(List.of(), node.namespace().call(datapath::check).damages());
        assertEquals(1, node.programs(at, Hook.TO_POD).size());
      }
      HostInterface other = interfaces.getLast();
      node.run(() -> tc("qdisc add dev " + other.name() + " ingress"));
      try (LibbpfDatapath datapath = node.open()) {
        assertThrows(BpfException.class, () -> node.run(() -> datapath.bind(other, WEB)));
      }
    }
  }

  private static void tc(String command) {
    List<String> words = new ArrayList<>(List.of("tc"));
    words.addAll(List.of(command.split(" ", -1)));
    OwnNamespace.execute(words, "");
  }

  /** A filter runs after all links: somebody's "pass" must not go around ours. */
  @Test
  void isFirstAgainWhenSomebodysLinkComesBeforeItsFilter() {
    try (KernelNode node = new KernelNode(HookKind.BEST);
        OwnedProgram other = OwnedProgram.withoutOpinion("others")) {
      try (LibbpfDatapath datapath = node.open()) {
        HostInterface at = node.addInterfaces(1).getFirst();
        enforced(node, datapath, at);
        int ours = datapath.kernel().program(Hook.FROM_POD).id();
        node.run(() -> attachOther(HookKind.TCX, at, other, node.folder().resolve("others")));
        assertEquals(List.of(other.id(), ours), node.programs(at, Hook.FROM_POD));
        assertEquals(Inspection.CLEAN, node.namespace().call(datapath::check));
        assertEquals(List.of(ours, other.id()), node.programs(at, Hook.FROM_POD));
      }
    }
  }

  private static void attachOther(HookKind kind, HostInterface at, BpfProgram other, Path pin) {
    var direction = HookPlace.direction(Hook.FROM_POD);
    if (kind == HookKind.CLSACT) {
      ClsactFilter.createQdisc(at.ifindex());
      new ClsactFilter(at.ifindex(), direction, 10, 1).attach(other);
      return;
    }
    try (TcxLink link = TcxLink.attach(other, at.ifindex(), direction)) {
      link.pin(pin);
    }
  }

  private static void awaitGone(Set<Integer> maps) {
    long end = System.nanoTime() + 10_000_000_000L;
    Set<Integer> left = new TreeSet<>(maps);
    while (!left.isEmpty() && System.nanoTime() < end) {
      Set<Integer> there =
          Inventory.maps("").stream().map(info -> info.id()).collect(Collectors.toSet());
      left.retainAll(there);
      Thread.onSpinWait();
    }
    assertEquals(Set.of(), left, "maps left in the kernel");
  }

  @Test
  void closingLeavesNoDescriptor() throws IOException {
    try (KernelNode node = new KernelNode(HookKind.TCX)) {
      HostInterface at = node.addInterfaces(1).getFirst();
      Set<String> before = descriptors();
      enforced(node, at).close();
      assertEquals(before, descriptors());
    }
  }

  private static Set<String> descriptors() throws IOException {
    Set<String> found = new TreeSet<>();
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      for (Path file : files.filter(Files::isSymbolicLink).toList()) {
        target(file)
            .filter(target -> target.contains("bpf"))
            .ifPresent(target -> found.add(file.getFileName() + " " + target));
      }
    }
    return found;
  }

  /** Of a descriptor that somebody else in this process closes meanwhile: none. */
  private static Optional<String> target(Path descriptor) throws IOException {
    try {
      return Optional.of(Files.readSymbolicLink(descriptor).toString());
    } catch (NoSuchFileException closed) {
      return Optional.empty();
    }
  }
}
