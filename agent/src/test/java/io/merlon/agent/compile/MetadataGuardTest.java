package io.merlon.agent.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.api.Pod;
import io.merlon.agent.api.ServiceAccount;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.MetadataGuard;
import io.merlon.agent.policy.Policy;
import io.merlon.agent.policy.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MetadataGuardTest {
  private static final List<String> METADATA = List.of("169.254.169.254", "fd00:ec2::254");
  private static final List<String> POD_IDENTITY = List.of("169.254.170.23", "fd00:ec2::23");
  private static final Map<String, String> EXEMPT = Map.of("merlon.io/metadata-guard", "exempt");

  @Test
  void closesTheWayOfAllPods() {
    CompiledPolicy policy = compile(MetadataGuard.ofAllPods(), pod("plain", "default", Map.of()));
    for (String address : METADATA) {
      Decision decision = decide(policy, "plain", address);
      assertFalse(decision.allows(), address);
      assertEquals("MetadataGuard all-pods egress[1] (instance-metadata)", rule(decision), address);
    }
    assertTrue(decide(policy, "plain", "169.254.169.253").allows());
    assertTrue(decide(policy, "plain", "8.8.8.8").allows());
  }

  @Test
  void comesBeforeEveryPolicyAndKeepsPodIdentityOpen() {
    ClusterEvent pod = pod("plain", "default", Map.of());
    CompiledPolicy closed = compile(MetadataGuard.ofAllPods(), pod, egress("closed", null));
    POD_IDENTITY.forEach(address -> assertTrue(decide(closed, "plain", address).allows(), address));
    assertFalse(decide(closed, "plain", "8.8.8.8").allows());
    CompiledPolicy open =
        compile(
            MetadataGuard.ofAllPods(),
            pod,
            egress("open", List.of(new NetworkPolicy.Rule(null, null))));
    METADATA.forEach(address -> assertFalse(decide(open, "plain", address).allows(), address));
  }

  @Test
  void comesBeforeAnAdminPolicyOfTheFirstPriority() {
    CompiledPolicy policy =
        compile(
            MetadataGuard.ofAllPods(),
            pod("plain", "default", Map.of()),
            new ClusterEvent.PutClusterNetworkPolicy(
                Manifests.cluster(
                    "a",
                    "Admin",
                    0,
                    Manifests.ALL,
                    List.of(),
                    List.of(Manifests.action("Accept", null, Manifests.networks("0.0.0.0/0"))))));
    assertFalse(decide(policy, "plain", METADATA.getFirst()).allows());
    assertTrue(decide(policy, "plain", "8.8.8.8").allows());
  }

  @Test
  void leavesPodsAloneThatAreExempt() {
    CompiledPolicy policy =
        compile(
            MetadataGuard.ofAllPods(),
            pod("plain", "default", Map.of()),
            pod("cloud-agent", "default", EXEMPT));
    for (String address : METADATA) {
      assertTrue(decide(policy, "cloud-agent", address).allows());
      assertFalse(decide(policy, "plain", address).allows());
    }
  }

  @Test
  void anExemptionMayComeAndGo() {
    IncrementalCompiler compiler =
        new IncrementalCompiler(CompileOptions.forNode("n1"), List.of(MetadataGuard.ofAllPods()));
    compiler.apply(List.of(namespace(), pod("p", "default", Map.of())));
    CompiledPolicy exempt = compiler.apply(List.of(pod("p", "default", EXEMPT)));
    assertTrue(decide(exempt, "p", METADATA.getFirst()).allows());
    CompiledPolicy guarded = compiler.apply(List.of(pod("p", "default", Map.of())));
    assertFalse(decide(guarded, "p", METADATA.getFirst()).allows());
  }

  @Test
  void aLabelIsNoExemption() {
    Map<String, String> claimed = Map.of("identity.merlon.io/metadata-unguarded", "true");
    CompiledPolicy policy =
        compile(MetadataGuard.ofAllPods(), pod("liar", "default", Map.of(), claimed));
    assertFalse(decide(policy, "liar", METADATA.getFirst()).allows());
  }

  @Test
  void mayGuardOnlyPodsWithARole() {
    ServiceAccount account =
        new ServiceAccount(
            "shop",
            "api",
            Map.of("eks.amazonaws.com/role-arn", "arn:aws:iam::123456789012:role/api"));
    CompiledPolicy policy =
        compile(
            MetadataGuard.ofPodsWithRole(),
            new ClusterEvent.PutServiceAccount(account),
            pod("api", "api", Map.of()),
            pod("plain", "default", Map.of()));
    assertFalse(decide(policy, "api", METADATA.getFirst()).allows());
    assertTrue(decide(policy, "plain", METADATA.getFirst()).allows());
  }

  private static CompiledPolicy compile(Policy guard, ClusterEvent... events) {
    List<ClusterEvent> all = new ArrayList<>(List.of(namespace()));
    all.addAll(List.of(events));
    return new IncrementalCompiler(CompileOptions.forNode("n1"), List.of(guard)).apply(all);
  }

  private static ClusterEvent namespace() {
    return new ClusterEvent.PutNamespace(new Namespace("shop", Map.of(), Map.of()));
  }

  private static ClusterEvent egress(String name, @Nullable List<NetworkPolicy.Rule> rules) {
    return new ClusterEvent.PutNetworkPolicy(
        new NetworkPolicy(
            "shop", name, "u", "1", LabelSelector.EVERYTHING, List.of("Egress"), null, rules));
  }

  private static ClusterEvent pod(String name, String account, Map<String, String> annotations) {
    return pod(name, account, annotations, Map.of("app", name));
  }

  private static ClusterEvent pod(
      String name, String account, Map<String, String> annotations, Map<String, String> labels) {
    return new ClusterEvent.PutPod(
        new Pod(
            "shop",
            name,
            "uid",
            labels,
            annotations,
            account,
            "n1",
            false,
            Pod.Phase.RUNNING,
            List.of("10.0.0." + name.length()),
            List.of(),
            null,
            false));
  }

  private static Decision decide(CompiledPolicy policy, String pod, String address) {
    LocalPod local = Objects.requireNonNull(policy.pods().get(new PodRef("shop", pod)));
    int peerClass = policy.addresses().classOf(Address.of(address));
    return policy.table(local.subject()).decide(peerClass, Direction.EGRESS, Protocol.TCP, 80);
  }

  private static String rule(Decision decision) {
    return decision.by() instanceof DecidedBy.Guard(var rule) ? rule.toString() : "none";
  }
}
