package io.merlon.agent.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.Node;
import io.merlon.agent.compile.AddressBook;
import io.merlon.agent.compile.CompileOptions;
import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.DecidedBy;
import io.merlon.agent.compile.Decision;
import io.merlon.agent.compile.LocalPod;
import io.merlon.agent.compile.Mode;
import io.merlon.agent.compile.PeerClass;
import io.merlon.agent.compile.PolicyCompiler;
import io.merlon.agent.compile.Row;
import io.merlon.agent.compile.ServiceKey;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.config.GuardedPods;
import io.merlon.agent.glass.Breaks;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.plan.Endpoint;
import io.merlon.agent.program.HostInterface;
import io.merlon.agent.program.KernelContent;
import io.merlon.agent.program.KernelContent.Guarded;
import io.merlon.agent.verify.Discrepancy;
import io.merlon.agent.verify.Part;
import io.merlon.agent.verify.Rounds;
import io.merlon.agent.verify.Verifier;
import io.merlon.agent.verify.VerifyReport;
import io.merlon.agent.verify.VerifySettings;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a kernel would hold of random worlds, right and wrong, before the verifier. */
class VerifierWorldsTest {
  private static final int WORLDS = 1500;

  private static KernelContent held(
      CompiledPolicy policy, AddressBook addresses, Map<Integer, VerdictTable> tables) {
    Map<HostInterface, Guarded> interfaces = new HashMap<>();
    for (LocalPod pod : policy.pods().values()) {
      interfaces.put(
          new HostInterface(interfaces.size() + 1, "eni" + interfaces.size()),
          new Guarded(false, pod.pod(), new Endpoint(pod.subject(), pod.mode(), pod.addresses())));
    }
    return new KernelContent(
        2,
        interfaces,
        tables,
        addresses,
        policy.services().keySet().stream().map(ServiceKey::address).collect(Collectors.toSet()),
        policy.services());
  }

  private static VerifyReport verify(ClusterSnapshot cluster, String node, KernelContent kernel) {
    return Verifier.verify(cluster, kernel, settings(node));
  }

  private static VerifySettings settings(String node) {
    return new VerifySettings(node, Mode.ENFORCE, GuardedPods.OFF, Breaks.NONE);
  }

  private static CompiledPolicy compiled(ClusterSnapshot cluster, Node node) {
    return PolicyCompiler.compile(cluster, CompileOptions.forNode(node.name()));
  }

  @Test
  void findsNothingWhereTheKernelIsRight() {
    long asked = 0;
    for (long seed = 1; seed <= WORLDS; seed++) {
      ClusterSnapshot cluster = new WorldGenerator(seed).world().cluster();
      for (Node node : cluster.nodes()) {
        CompiledPolicy policy = compiled(cluster, node);
        VerifyReport report =
            verify(cluster, node.name(), held(policy, policy.addresses(), policy.tables()));
        assertEquals(List.of(), report.found(), "seed " + seed + ", node " + node.name());
        asked += report.asked();
      }
    }
    System.out.printf("print: %d worlds verified by %,d verdicts%n", WORLDS, asked);
  }

  /** What all parts of a comparison find, one pod of one part at a time. */
  private static Set<Discrepancy> inRounds(
      ClusterSnapshot cluster, String node, KernelContent kernel) {
    Set<Discrepancy> found = new HashSet<>();
    Rounds rounds = new Rounds(1, Duration.ZERO);
    while (rounds.passes() == 0) {
      Part part = rounds.next(cluster.pods().size());
      VerifyReport report = Verifier.verify(cluster, kernel, settings(node), part);
      found.addAll(report.found());
      rounds.done(report.reached(), report.found());
    }
    assertEquals(found.size(), rounds.differences());
    return found;
  }

  @Test
  void partsFindTogetherWhatTheWholeFinds() {
    Row closed = Row.of(Decision.deny(new DecidedBy.Forgotten()));
    int differing = 0;
    for (long seed = 1; seed <= WORLDS / 10; seed++) {
      ClusterSnapshot cluster = new WorldGenerator(seed).world().cluster();
      for (Node node : cluster.nodes()) {
        CompiledPolicy policy = compiled(cluster, node);
        KernelContent right = held(policy, policy.addresses(), policy.tables());
        String where = "seed " + seed + ", node " + node.name();
        assertEquals(Set.of(), inRounds(cluster, node.name(), right), where);
        Map<Integer, VerdictTable> wrong = new HashMap<>();
        policy.tables().keySet().forEach(number -> wrong.put(number, VerdictTable.of(closed)));
        KernelContent broken = held(policy, policy.addresses(), wrong);
        Set<PodRef> pods = pods(verify(cluster, node.name(), broken).found());
        Set<PodRef> inRounds = pods(inRounds(cluster, node.name(), broken));
        // They may know of more: of those alike each part asks about two.
        assertTrue(inRounds.containsAll(pods), () -> where + ": " + pods + ", " + inRounds);
        differing += pods.size();
      }
    }
    assertTrue(differing > 50, "pods that differ: " + differing);
  }

  private static Set<PodRef> pods(Collection<Discrepancy> found) {
    return found.stream().map(Discrepancy::pod).collect(Collectors.toSet());
  }

  @Test
  void findsWhatIsOpenOrClosedByMistake() {
    Row open =
        Row.of(
            Decision.allow(new DecidedBy.DefaultAllow(io.merlon.agent.policy.Direction.INGRESS)));
    Row closed = Row.of(Decision.deny(new DecidedBy.Forgotten()));
    int noticed = 0;
    for (long seed = 1; seed <= WORLDS / 5; seed++) {
      ClusterSnapshot cluster = new WorldGenerator(seed).world().cluster();
      for (Node node : cluster.nodes()) {
        CompiledPolicy policy = compiled(cluster, node);
        if (policy.pods().values().stream().anyMatch(pod -> !pod.addresses().isEmpty())) {
          boolean same = true;
          for (Row row : List.of(open, closed)) {
            Map<Integer, VerdictTable> wrong = new HashMap<>();
            policy.tables().keySet().forEach(number -> wrong.put(number, VerdictTable.of(row)));
            same &= verify(cluster, node.name(), held(policy, policy.addresses(), wrong)).isSame();
          }
          assertFalse(same, "seed " + seed + ", node " + node.name());
          noticed++;
        }
      }
    }
    assertTrue(noticed > WORLDS / 10, "worlds with pods: " + noticed);
  }

  @Test
  void findsOneMissingAddress() {
    int noticed = 0;
    for (long seed = 1; seed <= WORLDS / 5; seed++) {
      ClusterSnapshot cluster = new WorldGenerator(seed).world().cluster();
      for (Node node : cluster.nodes()) {
        CompiledPolicy policy = compiled(cluster, node);
        for (Address address : policy.addresses().exact().keySet()) {
          AddressBook without =
              new AddressBook(
                  policy.addresses().exact().without(address), policy.addresses().prefixes());
          if (matters(policy, without, address)) {
            VerifyReport report =
                verify(cluster, node.name(), held(policy, without, policy.tables()));
            assertFalse(report.isSame(), "seed " + seed + ", " + address + " is missing");
            noticed++;
          }
        }
      }
    }
    System.out.printf("print: %d missing addresses noticed%n", noticed);
    assertTrue(noticed > 100, "cases: " + noticed);
  }

  /** Whether anybody here may do more or less with the address than before. */
  private static boolean matters(CompiledPolicy policy, AddressBook changed, Address address) {
    Ip ip = Ip.parse(address.toString());
    int before = policy.addresses().classOf(address);
    int after = changed.classOf(address);
    return ip != null
        && ip.ordinary()
        && before != after
        && policy.pods().values().stream()
            .filter(pod -> !pod.addresses().contains(address))
            .filter(pod -> pod.addresses().stream().anyMatch(own -> own.isV6() == address.isV6()))
            .map(pod -> policy.table(pod.subject()))
            .anyMatch(table ->
                !same(table, before, after, io.merlon.agent.policy.Direction.INGRESS)
                    || !same(table, before, after, io.merlon.agent.policy.Direction.EGRESS));
  }

  private static boolean same(
      VerdictTable table, int before, int after, io.merlon.agent.policy.Direction direction) {
    Row one = row(table, before, direction);
    Row other = row(table, after, direction);
    return one.allowsAllOf(other) && other.allowsAllOf(one);
  }

  private static Row row(
      VerdictTable table, int peerClass, io.merlon.agent.policy.Direction direction) {
    return peerClass == PeerClass.OWN_NODE
        ? Row.of(Decision.OWN_NODE)
        : table.row(peerClass, direction);
  }
}
