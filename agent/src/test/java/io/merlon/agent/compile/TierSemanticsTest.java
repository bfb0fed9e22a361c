package io.merlon.agent.compile;

import static io.merlon.agent.compile.Manifests.ALL;
import static io.merlon.agent.compile.Manifests.action;
import static io.merlon.agent.compile.Manifests.cluster;
import static io.merlon.agent.compile.Manifests.expression;
import static io.merlon.agent.compile.Manifests.inNamespaces;
import static io.merlon.agent.compile.Manifests.ingress;
import static io.merlon.agent.compile.Manifests.match;
import static io.merlon.agent.compile.Manifests.named;
import static io.merlon.agent.compile.Manifests.networks;
import static io.merlon.agent.compile.Manifests.nodes;
import static io.merlon.agent.compile.Manifests.onNode;
import static io.merlon.agent.compile.Manifests.pod;
import static io.merlon.agent.compile.Manifests.rule;
import static io.merlon.agent.compile.Manifests.tcp;
import static io.merlon.agent.compile.Manifests.unknownPeer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.api.ClusterNetworkPolicy;
import io.merlon.agent.api.Node;
import io.merlon.agent.api.Pod.ContainerPort;
import io.merlon.agent.policy.CompileProblem;
import io.merlon.agent.policy.Protocol;
import io.merlon.agent.policy.Tier;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The semantics page, section Tiers, 1 to 8. */
class TierSemanticsTest {
  private final Cluster cluster = new Cluster();

  @BeforeEach
  void twoNamespaces() {
    cluster
        .namespace("x", "team=x")
        .namespace("y", "team=y")
        .put(
            pod("x", "web", "app=web", "10.0.0.1", new ContainerPort("http", 80, "TCP")),
            pod("y", "web", "app=web", "10.0.1.1"));
  }

  private ClusterNetworkPolicy admin(
      String name, int priority, ClusterNetworkPolicy.Rule... ingress) {
    return cluster(name, "Admin", priority, match("team=x"), List.of(ingress), List.of());
  }

  private ClusterNetworkPolicy baseline(String name, ClusterNetworkPolicy.Rule... ingress) {
    return cluster(name, "Baseline", 0, match("team=x"), List.of(ingress), List.of());
  }

  private boolean open(int port) {
    return cluster.reaches("y/web", "x/web", port);
  }

  @Test
  void tiers1LowerPriorityNumberDecidesFirst() {
    cluster.put(
        admin("a", 20, action("Deny", null, inNamespaces(ALL))),
        admin("b", 10, action("Accept", List.of(tcp(80)), inNamespaces(ALL))));
    assertTrue(open(80));
    assertFalse(open(81));
  }

  @Test
  void tiers1EqualPrioritiesAreAskedByName() {
    cluster.put(
        admin("b", 10, action("Deny", null, inNamespaces(ALL))),
        admin("a", 10, action("Accept", null, inNamespaces(ALL))));
    assertTrue(open(80));
  }

  @Test
  void tiers1AdminOverrulesNetworkPolicies() {
    cluster.put(
        ingress("x", "open", ALL, rule(null, null)),
        admin("a", 10, action("Deny", List.of(tcp(80)), inNamespaces(ALL))));
    assertFalse(open(80));
    assertTrue(open(81));
  }

  @Test
  void tiers1PassLeavesItToTheNetworkPolicies() {
    cluster.put(
        ingress("x", "some", ALL, rule(null, List.of(Manifests.port("TCP", 80)))),
        admin(
            "a",
            10,
            action("Pass", null, inNamespaces(match("team=y"))),
            action("Accept", null, inNamespaces(ALL))));
    assertTrue(open(80));
    assertFalse(open(81));
  }

  @Test
  void tiers2NetworkPoliciesAreFinalForWhomTheyIsolate() {
    cluster.put(
        ingress("x", "closed", ALL), baseline("b", action("Accept", null, inNamespaces(ALL))));
    assertFalse(open(80));
  }

  @Test
  void tiers3BaselineDecidesForTheRest() {
    cluster.put(
        baseline(
            "b",
            action("Pass", List.of(tcp(80)), inNamespaces(ALL)),
            action("Deny", null, inNamespaces(ALL))));
    assertTrue(open(80));
    assertFalse(open(81));
  }

  @Test
  void tiers4OtherwiseAllowed() {
    cluster.put(admin("a", 10, action("Deny", null, inNamespaces(match("team=z")))));
    assertTrue(open(80));
  }

  @Test
  void tiers5NoImplicitIsolation() {
    cluster.put(admin("a", 10, action("Accept", List.of(tcp(80)), inNamespaces(ALL))));
    assertTrue(open(81));
  }

  @Test
  void tiers5AnEgressAcceptDoesNotOpenTheDestination() {
    cluster.put(
        ingress("x", "closed", ALL),
        cluster(
            "a", "Admin", 1, ALL, List.of(), List.of(action("Accept", null, inNamespaces(ALL)))));
    assertFalse(open(80));
  }

  @Test
  void tiers6RuleOrderInsideAPolicyCounts() {
    cluster.put(
        admin(
            "a",
            10,
            action("Accept", List.of(tcp(80)), inNamespaces(ALL)),
            action("Deny", null, inNamespaces(ALL))));
    assertTrue(open(80));
    assertFalse(open(81));
    assertFalse(cluster.reaches("y/web", "x/web", Protocol.OTHER, 0));
  }

  @Test
  void tiers7AnUnknownPeerMakesAnAcceptMatchNothing() {
    cluster.put(
        baseline(
            "b",
            action("Accept", null, unknownPeer("planets"), inNamespaces(ALL)),
            action("Deny", null, inNamespaces(ALL))));
    assertFalse(open(80));
    assertEquals(
        List.of("spec.ingress[0].from[0]"),
        cluster.compile().problems().stream().map(CompileProblem::field).toList());
  }

  @Test
  void tiers7AnUnknownPeerMakesDenyAndPassDenyEverything() {
    cluster.put(admin("a", 1, action("Deny", List.of(tcp(9)), unknownPeer("planets"))));
    assertFalse(open(80));
    cluster.put(admin("a", 1, action("Pass", List.of(tcp(9)), unknownPeer("planets"))));
    assertFalse(open(80));
    assertFalse(cluster.reaches("8.8.8.8", "x/web", 80));
  }

  @Test
  void tiers7AnUnreadableSubjectAcceptsNothingAndDeniesForEveryPod() {
    cluster.put(
        cluster(
            "a",
            "Admin",
            1,
            expression("team", "Is", "x"),
            List.of(
                action("Accept", null, inNamespaces(match("team=y"))),
                action("Deny", List.of(tcp(80)), inNamespaces(ALL))),
            List.of()));
    assertFalse(open(80));
    assertFalse(cluster.reaches("x/web", "y/web", 80));
    assertTrue(open(81));
  }

  @Test
  void tiers8PodsOfTheHostNetworkAreNoPeers() {
    cluster.put(
        onNode(pod("y", "host", "app=web", "192.168.0.2"), "node-b", true),
        admin("a", 1, action("Deny", null, inNamespaces(ALL))));
    assertTrue(cluster.reaches("y/host", "x/web", 80));
  }

  @Test
  void nodesMatchByTheirLabels() {
    cluster.put(
        new Node("node-b", Map.of("role", "edge"), List.of("192.168.0.2")),
        new Node("node-c", Map.of("role", "core"), List.of("192.168.0.3")),
        cluster(
            "a",
            "Admin",
            1,
            ALL,
            List.of(),
            List.of(action("Deny", null, nodes(match("role=edge"))))));
    assertFalse(cluster.reaches("x/web", "192.168.0.2", 80));
    assertTrue(cluster.reaches("x/web", "192.168.0.3", 80));
  }

  @Test
  void aNodeThatNobodyKnowsIsNoPeer() {
    cluster.put(
        onNode(pod("y", "host", "app=web", "192.168.0.2"), "node-b", true),
        cluster("a", "Admin", 1, ALL, List.of(), List.of(action("Deny", null, nodes(ALL)))));
    assertTrue(cluster.reaches("x/web", "192.168.0.2", 80));
    cluster.put(new Node("node-b", Map.of(), List.of()));
    assertFalse(cluster.reaches("x/web", "192.168.0.2", 80));
  }

  @Test
  void tiers7ARuleWithoutPeersIsUnreadable() {
    cluster.put(admin("a", 1, action("Deny", List.of(tcp(9)))));
    assertFalse(open(80));
    cluster.put(admin("a", 1, action("Accept", null)), ingress("x", "closed", ALL));
    assertFalse(open(80));
  }

  @Test
  void tiers7ADomainNameBesideNetworksIsUnreadable() {
    cluster.put(
        cluster(
            "a",
            "Admin",
            1,
            match("team=y"),
            List.of(),
            List.of(
                action(
                    "Deny",
                    null,
                    new ClusterNetworkPolicy.Peer(
                        null,
                        null,
                        null,
                        List.of("192.0.2.0/24"),
                        List.of("merlon.example"),
                        List.of())))));
    assertFalse(open(80));
  }

  @Test
  void tiers7ANumberBesideARangeAndAPeerOfTwoKindsAreUnreadable() {
    cluster.put(
        admin(
            "a",
            1,
            action(
                "Deny",
                List.of(
                    new ClusterNetworkPolicy.ProtocolMatch(
                        new ClusterNetworkPolicy.PortMatch(9, 9, 10), null, null, null, List.of())),
                inNamespaces(ALL))));
    assertFalse(open(80));
    cluster.put(
        admin(
            "a",
            1,
            action(
                "Deny",
                null,
                new ClusterNetworkPolicy.Peer(
                    match("team=z"),
                    new ClusterNetworkPolicy.NamespacedPod(match("team=z"), ALL),
                    null,
                    null,
                    null,
                    List.of()))));
    assertFalse(open(80));
  }

  @Test
  void networksMatchPodsToo() {
    cluster.put(
        cluster(
            "a",
            "Admin",
            1,
            ALL,
            List.of(),
            List.of(action("Deny", null, networks("10.0.1.0/24")))));
    assertFalse(cluster.reaches("x/web", "y/web", 80));
    assertTrue(cluster.reaches("y/web", "x/web", 80));
  }

  @Test
  void namedPortsAreTheDestinations() {
    cluster.put(admin("a", 1, action("Deny", List.of(named("http")), inNamespaces(ALL))));
    assertFalse(open(80));
    assertTrue(open(8080));
  }

  @Test
  void theDecisionLeadsBackToItsRule() {
    cluster.put(admin("a", 1, action("Deny", null, inNamespaces(ALL))));
    CompiledPolicy compiled = cluster.compile();
    Decision decision =
        PolicyLookup.verdict(
                compiled, cluster.side("y/web"), cluster.side("x/web"), Protocol.TCP, 80)
            .ingress();
    assertEquals(
        "Rule[tier=ADMIN, rule=ClusterNetworkPolicy a ingress[0]]", decision.by().toString());
    assertEquals(decision, compiled.decisions().get(decision.cookie()));
    assertEquals(Tier.ADMIN, ((DecidedBy.Rule) decision.by()).tier());
  }
}
