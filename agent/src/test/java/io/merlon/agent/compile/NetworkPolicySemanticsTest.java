package io.merlon.agent.compile;

import static io.merlon.agent.compile.Manifests.ALL;
import static io.merlon.agent.compile.Manifests.block;
import static io.merlon.agent.compile.Manifests.egress;
import static io.merlon.agent.compile.Manifests.expression;
import static io.merlon.agent.compile.Manifests.ingress;
import static io.merlon.agent.compile.Manifests.match;
import static io.merlon.agent.compile.Manifests.namespaces;
import static io.merlon.agent.compile.Manifests.onNode;
import static io.merlon.agent.compile.Manifests.onPorts;
import static io.merlon.agent.compile.Manifests.peers;
import static io.merlon.agent.compile.Manifests.pod;
import static io.merlon.agent.compile.Manifests.pods;
import static io.merlon.agent.compile.Manifests.podsIn;
import static io.merlon.agent.compile.Manifests.policy;
import static io.merlon.agent.compile.Manifests.port;
import static io.merlon.agent.compile.Manifests.range;
import static io.merlon.agent.compile.Manifests.rule;
import static io.merlon.agent.compile.Manifests.withPhase;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.api.IntOrString;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.api.NetworkPolicy.Peer;
import io.merlon.agent.api.NetworkPolicy.Port;
import io.merlon.agent.api.Node;
import io.merlon.agent.api.Pod;
import io.merlon.agent.api.Pod.ContainerPort;
import io.merlon.agent.policy.CompileProblem;
import io.merlon.agent.policy.Protocol;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The numbered rules of the semantics page, NP-1 to NP-28, as far as the compiler decides them. */
class NetworkPolicySemanticsTest {
  private final Cluster cluster = new Cluster();

  @BeforeEach
  void twoNamespaces() {
    cluster
        .namespace("x", "team=x")
        .namespace("y", "team=y")
        .put(
            pod("x", "web", "app=web", "10.0.0.1", new ContainerPort("http", 80, "TCP")),
            pod("x", "api", "app=api", "10.0.0.2", new ContainerPort("http", 8080, "TCP")),
            pod("y", "web", "app=web", "10.0.1.1"));
  }

  private List<String> problemFields() {
    return cluster.compile().problems().stream().map(CompileProblem::field).toList();
  }

  @Test
  void np1NotIsolatedIsAllowed() {
    assertTrue(cluster.reaches("y/web", "x/web", 80));
  }

  @Test
  void np1IsolationIsPerDirection() {
    cluster.put(ingress("x", "deny", ALL));
    assertFalse(cluster.reaches("y/web", "x/web", 80));
    assertTrue(cluster.reaches("x/web", "y/web", 80));
  }

  @Test
  void np2AllowedSetIsTheUnion() {
    cluster.put(
        ingress("x", "a", ALL, onPorts(port("TCP", 80))),
        ingress("x", "b", ALL, onPorts(port("TCP", 443))));
    assertTrue(cluster.reaches("y/web", "x/web", 80));
    assertTrue(cluster.reaches("y/web", "x/web", 443));
    assertFalse(cluster.reaches("y/web", "x/web", 81));
  }

  @Test
  void np3BothSidesMustAllow() {
    cluster.put(ingress("x", "in", ALL, peers(pods(ALL))), egress("x", "out", match("app=web")));
    assertFalse(cluster.reaches("x/web", "x/api", 80));
    assertTrue(cluster.reaches("x/api", "x/web", 80));
  }

  @Test
  void np3ASideThatIsNoPodAllows() {
    cluster.put(ingress("x", "in", ALL));
    assertTrue(cluster.reaches("x/web", "8.8.8.8", 53));
    assertFalse(cluster.reaches("8.8.8.8", "x/web", 53));
  }

  @Test
  void np4EmptyTypesWithEmptyEgressLeavesEgressOpen() {
    cluster.put(policy("x", "p", ALL, null, null, List.of()));
    assertTrue(cluster.reaches("x/web", "y/web", 80));
    assertFalse(cluster.reaches("y/web", "x/web", 80));
  }

  @Test
  void np4EmptyTypesWithEgressRulesIsolatesBoth() {
    cluster.put(policy("x", "p", ALL, List.of(), null, List.of(onPorts(port("TCP", 53)))));
    assertFalse(cluster.reaches("x/web", "y/web", 80));
    assertTrue(cluster.reaches("x/web", "y/web", 53));
    assertFalse(cluster.reaches("y/web", "x/web", 80));
  }

  @Test
  void np5RulesOfUnlistedDirectionsAreIgnored() {
    cluster.put(policy("x", "p", ALL, List.of("Ingress"), null, List.of(onPorts(port("TCP", 53)))));
    assertTrue(cluster.reaches("x/web", "y/web", 80));
  }

  @Test
  void np6EmptyRuleAllowsEveryProtocol() {
    cluster.put(ingress("x", "p", ALL, rule(null, null)));
    assertTrue(cluster.reaches("y/web", "x/web", Protocol.OTHER, 0));
    assertTrue(cluster.reaches("8.8.8.8", "x/web", Protocol.SCTP, 7));
  }

  @Test
  void np7EmptyPeersAndPortsAreUnrestricted() {
    cluster.put(ingress("x", "p", ALL, rule(List.of(), List.of())));
    assertTrue(cluster.reaches("8.8.8.8", "x/web", 1));
  }

  @Test
  void np7ARuleIsPeersAndPorts() {
    cluster.put(
        ingress("x", "p", ALL, rule(List.of(pods(match("app=api"))), List.of(port("TCP", 80)))));
    assertTrue(cluster.reaches("x/api", "x/web", 80));
    assertFalse(cluster.reaches("x/api", "x/web", 81));
    assertFalse(cluster.reaches("y/web", "x/web", 80));
  }

  @Test
  void np8MissingPodSelectorSelectsTheNamespace() {
    cluster.put(policy("x", "p", null, List.of("Ingress"), null, null));
    assertFalse(cluster.reaches("y/web", "x/api", 80));
    assertTrue(cluster.reaches("x/api", "y/web", 80));
  }

  @Test
  void np9PodSelectorAloneMeansTheOwnNamespace() {
    cluster.put(ingress("x", "p", ALL, peers(pods(match("app=web")))));
    assertTrue(cluster.reaches("x/web", "x/api", 80));
    assertFalse(cluster.reaches("y/web", "x/api", 80));
  }

  @Test
  void np9BothSelectorsAreAnded() {
    cluster.put(ingress("x", "p", ALL, peers(podsIn(match("team=y"), match("app=web")))));
    assertTrue(cluster.reaches("y/web", "x/api", 80));
    assertFalse(cluster.reaches("x/web", "x/api", 80));
  }

  @Test
  void np9EveryNamespaceIsNoOutsideAddress() {
    cluster.put(ingress("x", "p", ALL, peers(namespaces(ALL))));
    assertTrue(cluster.reaches("y/web", "x/web", 80));
    assertFalse(cluster.reaches("8.8.8.8", "x/web", 80));
  }

  @Test
  void np10MatchesWhenKeyIsAbsent() {
    cluster.put(ingress("x", "p", ALL, peers(pods(expression("zone", "NotIn", "b")))));
    assertTrue(cluster.reaches("x/api", "x/web", 80));
    cluster.put(ingress("x", "p", ALL, peers(pods(expression("zone", "DoesNotExist")))));
    assertTrue(cluster.reaches("x/api", "x/web", 80));
  }

  @Test
  void np10EmptyValueRequiresTheKey() {
    cluster.put(ingress("x", "p", ALL, peers(pods(match("zone=")))));
    assertFalse(cluster.reaches("x/api", "x/web", 80));
    cluster.put(pod("x", "api", "app=api,zone=", "10.0.0.2"));
    assertTrue(cluster.reaches("x/api", "x/web", 80));
  }

  @Test
  void np11MissingProtocolIsTcpAndMissingPortIsAll() {
    cluster.put(
        ingress(
            "x",
            "p",
            ALL,
            onPorts(new Port(null, IntOrString.of(80), null), new Port("UDP", null, null))));
    assertTrue(cluster.reaches("y/web", "x/web", 80));
    assertTrue(cluster.reaches("y/web", "x/web", Protocol.UDP, 12345));
    assertFalse(cluster.reaches("y/web", "x/web", 81));
  }

  @Test
  void np12EndPortIsIncluded() {
    cluster.put(ingress("x", "p", ALL, onPorts(range("TCP", 32000, 65535))));
    assertFalse(cluster.reaches("y/web", "x/web", 31999));
    assertTrue(cluster.reaches("y/web", "x/web", 32000));
    assertTrue(cluster.reaches("y/web", "x/web", 65535));
  }

  @Test
  void np13ANameIsEachPodsOwnNumberOnTheWayIn() {
    cluster.put(ingress("x", "p", ALL, onPorts(port("TCP", "http"))));
    assertTrue(cluster.reaches("y/web", "x/web", 80));
    assertFalse(cluster.reaches("y/web", "x/web", 8080));
    assertTrue(cluster.reaches("y/web", "x/api", 8080));
    assertFalse(cluster.reaches("y/web", "x/api", 80));
  }

  @Test
  void np13ANameIsThePeersNumberOnTheWayOut() {
    cluster.put(
        egress("y", "p", ALL, rule(List.of(namespaces(ALL)), List.of(port("TCP", "http")))));
    assertTrue(cluster.reaches("y/web", "x/web", 80));
    assertFalse(cluster.reaches("y/web", "x/web", 8080));
    assertTrue(cluster.reaches("y/web", "x/api", 8080));
  }

  @Test
  void np13ANameWithABlockMatchesPodsInIt() {
    cluster.put(
        egress("y", "p", ALL, rule(List.of(block("10.0.0.2/32")), List.of(port("TCP", "http")))));
    assertTrue(cluster.reaches("y/web", "x/api", 8080));
    assertFalse(cluster.reaches("y/web", "x/web", 80));
  }

  @Test
  void np13ANameNobodyDeclaresMatchesNothing() {
    cluster.put(ingress("x", "p", ALL, onPorts(port("TCP", "grpc"))));
    assertFalse(cluster.reaches("y/web", "x/web", 80));
  }

  @Test
  void np14ABlockMatchesPodsAndExceptSubtractsFromItsOwnOnly() {
    cluster.put(
        egress(
            "y",
            "p",
            ALL,
            peers(block("10.0.0.0/8", "10.0.0.0/30")),
            rule(List.of(block("10.0.0.2/32")), List.of(port("TCP", 443)))));
    assertTrue(cluster.reaches("y/web", "10.9.9.9", 80));
    assertFalse(cluster.reaches("y/web", "x/web", 80));
    assertTrue(cluster.reaches("y/web", "x/api", 443));
    assertFalse(cluster.reaches("y/web", "x/api", 80));
  }

  @Test
  void np14HostBitsAreMaskedAndOverlapsAreUnited() {
    cluster.put(
        egress(
            "y",
            "p",
            ALL,
            rule(List.of(block("10.161.0.0/8")), List.of(port("TCP", 80))),
            rule(List.of(block("10.0.0.0/8")), List.of(port("TCP", 443)))));
    assertTrue(cluster.reaches("y/web", "10.9.9.9", 80));
    assertTrue(cluster.reaches("y/web", "10.9.9.9", 443));
  }

  @Test
  void np14ANestedBlockGetsBothRules() {
    cluster.put(
        egress(
            "y",
            "p",
            ALL,
            rule(List.of(block("10.9.0.0/16")), List.of(port("TCP", 80))),
            rule(List.of(block("10.9.9.0/24")), List.of(port("TCP", 443)))));
    assertTrue(cluster.reaches("y/web", "10.9.9.9", 80));
    assertTrue(cluster.reaches("y/web", "10.9.9.9", 443));
    assertFalse(cluster.reaches("y/web", "10.9.8.9", 443));
  }

  @Test
  void np15FamiliesAreApart() {
    cluster.put(egress("y", "p", ALL, peers(block("0.0.0.0/0"))));
    assertTrue(cluster.reaches("y/web", "8.8.8.8", 80));
    assertFalse(cluster.reaches("y/web", "2001:db8::1", 80));
  }

  @Test
  void np15AllAddressesOfAPodCount() {
    cluster.put(
        pod("x", "api", "app=api", "10.0.0.2,fd00::2"),
        egress("y", "p", ALL, peers(podsIn(ALL, match("app=api")))));
    assertTrue(cluster.reaches("y/web", "10.0.0.2", 80));
    assertTrue(cluster.reaches("y/web", "fd00::2", 80));
  }

  @Test
  void np16SctpIsNotTcp() {
    cluster.put(ingress("x", "p", ALL, onPorts(port("SCTP", 80))));
    assertTrue(cluster.reaches("y/web", "x/web", Protocol.SCTP, 80));
    assertFalse(cluster.reaches("y/web", "x/web", 80));
  }

  @Test
  void np17TheOwnNodeIsAlwaysAllowed() {
    cluster.put(
        new Node("node-a", Map.of(), List.of("192.168.0.1")),
        new Node("node-b", Map.of(), List.of("192.168.0.2")),
        policy("x", "p", ALL, List.of("Ingress", "Egress"), null, null));
    assertTrue(cluster.reaches("192.168.0.1", "x/web", 80));
    assertTrue(cluster.reaches("x/web", "192.168.0.1", 53));
    assertFalse(cluster.reaches("192.168.0.2", "x/web", 80));
    assertEquals(
        PeerClass.OWN_NODE,
        cluster.compileFor("node-a").addresses().classOf(cluster.side("192.168.0.1").address()));
  }

  @Test
  void np17OtherNodesMatchBlocksButNoSelector() {
    cluster.put(
        new Node("node-b", Map.of(), List.of("192.168.0.2")),
        ingress(
            "x",
            "p",
            ALL,
            peers(namespaces(ALL)),
            rule(List.of(block("192.168.0.0/16")), List.of(port("TCP", 80)))));
    assertTrue(cluster.reaches("192.168.0.2", "x/web", 80));
    assertFalse(cluster.reaches("192.168.0.2", "x/web", 81));
  }

  @Test
  void np18HostNetworkPodsAreTheirNode() {
    Pod host = onNode(pod("x", "host", "app=web", "192.168.0.2"), "node-b", true);
    cluster.put(
        host, policy("x", "p", ALL, List.of("Ingress", "Egress"), List.of(peers(pods(ALL))), null));
    assertFalse(cluster.reaches("x/host", "x/web", 80));
    assertTrue(cluster.reaches("8.8.8.8", "x/host", 80));
    assertEquals(
        2,
        cluster.compile().pods().keySet().stream().filter(p -> p.namespace().equals("x")).count());
  }

  @Test
  void np19APodReachesItself() {
    cluster.put(policy("x", "p", ALL, List.of("Ingress", "Egress"), null, null));
    assertTrue(cluster.reaches("x/web", "x/web", 80));
  }

  @Test
  void np22IcmpNeedsARuleForEveryProtocol() {
    cluster.put(
        ingress("x", "p", ALL, onPorts(new Port("TCP", null, null), new Port("UDP", null, null))));
    assertFalse(cluster.reaches("y/web", "x/web", Protocol.OTHER, 0));
  }

  @Test
  void np26AFinishedPodOwnsNoAddress() {
    cluster.put(
        withPhase(pod("y", "job", "app=job", "10.0.1.9"), Pod.Phase.SUCCEEDED, false),
        pod("y", "heir", "app=heir", "10.0.1.9"),
        ingress("x", "p", ALL, peers(podsIn(ALL, match("app=job")))));
    assertFalse(cluster.reaches("y/heir", "x/web", 80));
  }

  @Test
  void np26ATerminatingPodStaysEnforced() {
    cluster.put(
        withPhase(pod("x", "web", "app=web", "10.0.0.1"), Pod.Phase.RUNNING, true),
        ingress("x", "p", ALL));
    assertFalse(cluster.reaches("y/web", "x/web", 80));
  }

  @Test
  void np28ATerminatingPodYieldsItsAddressToItsHeir() {
    cluster.put(
        withPhase(pod("y", "old", "app=old", "10.0.1.9"), Pod.Phase.RUNNING, true),
        pod("y", "heir", "app=heir", "10.0.1.9"),
        ingress("x", "p", ALL, peers(podsIn(ALL, match("app=heir")))));
    assertTrue(cluster.reaches("y/heir", "x/web", 80));
    cluster.put(ingress("x", "p", ALL, peers(podsIn(ALL, match("app=old")))));
    assertFalse(cluster.reaches("y/heir", "x/web", 80));
  }

  @Test
  void np28AnAddressOfTwoPodsMayOnlyWhatBothMay() {
    cluster.put(
        pod("y", "a", "app=a,role=client", "10.0.1.9"),
        pod("y", "b", "app=b,role=client", "10.0.1.9"),
        ingress(
            "x",
            "p",
            ALL,
            peers(podsIn(ALL, match("app=a"))),
            rule(List.of(podsIn(ALL, match("role=client"))), List.of(port("TCP", 80)))));
    assertTrue(cluster.reaches("y/a", "x/web", 80));
    assertFalse(cluster.reaches("y/a", "x/web", 81));
  }

  @Test
  void np27InvalidPeersAllowNothingAndAreReported() {
    Peer blockAndSelector = new Peer(ALL, null, new NetworkPolicy.IpBlock("0.0.0.0/0", List.of()));
    cluster.put(
        ingress(
            "x",
            "p",
            ALL,
            peers(
                new Peer(null, null, null),
                blockAndSelector,
                block("10.0.0.0"),
                block("10.0.0.0/8", "10.0.0.0/40"),
                pods(expression("app", "Near", "web")))));
    assertFalse(cluster.reaches("y/web", "x/web", 80));
    assertEquals(
        List.of(
            "spec.ingress[0].from[0]",
            "spec.ingress[0].from[1]",
            "spec.ingress[0].from[2].ipBlock.cidr",
            "spec.ingress[0].from[3].ipBlock.except[0]",
            "spec.ingress[0].from[4].podSelector.matchExpressions[0].operator"),
        problemFields());
  }

  @Test
  void np27InvalidPortsAllowNothingAndAreReported() {
    cluster.put(
        ingress(
            "x",
            "p",
            ALL,
            onPorts(
                range("TCP", 90, 80),
                new Port("TCP", IntOrString.of("http"), 90),
                new Port("TCP", null, 90),
                port("TCP", 0),
                port("icmp", 1),
                port("TCP", 443))));
    assertTrue(cluster.reaches("y/web", "x/web", 443));
    assertFalse(cluster.reaches("y/web", "x/web", 80));
    assertEquals(
        List.of(
            "spec.ingress[0].ports[0].endPort",
            "spec.ingress[0].ports[1].endPort",
            "spec.ingress[0].ports[2].endPort",
            "spec.ingress[0].ports[3].port",
            "spec.ingress[0].ports[4].protocol"),
        problemFields());
  }

  @Test
  void np27AnUnreadableSubjectClosesTheNamespace() {
    cluster.put(ingress("x", "p", expression("app", "In"), rule(null, null)));
    assertFalse(cluster.reaches("y/web", "x/web", 80));
    assertTrue(cluster.reaches("x/web", "y/web", 80));
    assertEquals(List.of("spec.podSelector.matchExpressions[0].values"), problemFields());
    cluster.put(ingress("x", "p", match("app=not a value"), rule(null, null)));
    assertFalse(cluster.reaches("y/web", "x/web", 80));
    assertEquals(List.of("spec.podSelector.matchLabels[app]"), problemFields());
  }

  @Test
  void np27AnUnknownPolicyTypeClosesBothDirections() {
    cluster.put(policy("x", "p", ALL, List.of("Ingres"), null, null));
    assertFalse(cluster.reaches("y/web", "x/web", 80));
    assertFalse(cluster.reaches("x/web", "y/web", 80));
  }

  @Test
  void everyDecisionNamesItsPolicyDirectionAndRule() {
    cluster.put(
        ingress("x", "in", ALL, onPorts(port("TCP", 80)), onPorts(port("TCP", 443))),
        ingress("x", "also", match("app=web")),
        egress("y", "out", ALL, peers(pods(ALL)), onPorts(port("TCP", 443))));
    assertEquals("NetworkPolicy x/in ingress[1]", ruleOf(decisions(443).ingress()));
    assertEquals("NetworkPolicy y/out egress[1]", ruleOf(decisions(443).egress()));
    assertEquals(
        "DefaultDeny[direction=INGRESS, isolating=[NetworkPolicy x/also, NetworkPolicy x/in]]",
        decisions(444).ingress().by().toString());
    assertEquals(
        "DefaultDeny[direction=EGRESS, isolating=[NetworkPolicy y/out]]",
        decisions(80).egress().by().toString());
  }

  private PolicyLookup.Answer decisions(int port) {
    return PolicyLookup.verdict(
        cluster.compile(), cluster.side("y/web"), cluster.side("x/web"), Protocol.TCP, port);
  }

  private static String ruleOf(Decision decision) {
    return decision.by() instanceof DecidedBy.Rule(_, var rule) ? rule.toString() : "none";
  }

  @Test
  void np27AnExceptOfAnotherFamilyMakesTheBlockUnreadable() {
    cluster.put(ingress("x", "p", ALL, peers(block("10.0.0.0/8", "fd00::/16"))));
    assertFalse(cluster.reaches("y/web", "x/web", 80));
    assertEquals(List.of("spec.ingress[0].from[0].ipBlock.except[0]"), problemFields());
  }

  @Test
  void np28NamesThatJoinAlikeAreNotAlike() {
    cluster
        .namespace("a-b", "")
        .namespace("a", "")
        .put(
            pod("a-b", "c", "app=c", "10.0.3.1"),
            pod("a", "b-c", "app=c", "10.0.3.2"),
            ingress("a-b", "p", ALL));
    assertFalse(cluster.reaches("x/web", "a-b/c", 80));
    assertTrue(cluster.reaches("x/web", "a/b-c", 80));
  }

  @Test
  void manyPortsOnOnePeerAreAllEnforced() {
    Port[] ports = new Port[500];
    Arrays.setAll(ports, i -> port("TCP", 1000 + 2 * i));
    cluster.put(ingress("x", "p", ALL, onPorts(ports)));
    CompiledPolicy compiled = cluster.compile();
    for (int i = 1000; i < 2000; i++) {
      assertEquals(
          i % 2 == 0,
          PolicyLookup.verdict(
                  compiled, cluster.side("y/web"), cluster.side("x/web"), Protocol.TCP, i)
              .allowed());
    }
  }
}
