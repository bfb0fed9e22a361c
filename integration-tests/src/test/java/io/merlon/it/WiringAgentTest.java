package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.it.Client.Outcome;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a pod is wired to: its node, other nodes, hosts beyond, by interfaces of either kind. */
class WiringAgentTest {
  private static final String ALLOW_WORLD =
      """
      podSelector: {matchLabels: {app: %s}}, policyTypes: [Egress],
      egress: [{to: [{ipBlock: {cidr: "%s"}}]}]\
      """;

  private static void payments(AgentNode node) {
    node.namespace("payments", "name: payments", "");
    node.namespace("frontend", "name: frontend", "");
    node.write("default-deny", Mission.DEFAULT_DENY);
    node.write("allow-frontend", Mission.ALLOW_FRONTEND);
  }

  /** A pod's own node probes it, whatever policy says; another node does not. */
  @Test
  void theOwnNodeIsNoStrangerAndOtherNodesAre() {
    try (ClusterFolder cluster = new ClusterFolder();
        Fabric fabric = new Fabric();
        AgentNode node = new AgentNode(cluster, 1);
        AgentNode other = new AgentNode(cluster, 2)) {
      fabric.connect(node);
      fabric.connect(other);
      payments(node);
      Pod api = node.pod("payments", "api", "app: payments-api");
      node.agent().start();
      NetworkNamespace own = node.network().node();
      for (boolean six : new boolean[] {false, true}) {
        try (EchoServer probed = Expect.serve(api, six, Mission.PORT + 1);
            EchoServer resolver = EchoServer.start(own, Fabric.address(1, six), 53);
            PinnedState state = node.state()) {
          assertEquals(Outcome.ANSWERED, Expect.patient(own).tcp(probed.address()));
          assertEquals(Outcome.ANSWERED, Expect.patient(own).udp(probed.address(), 20));
          assertEquals(Outcome.ANSWERED, Expect.patient(own).ping(api.address(six)));
          assertEquals(Outcome.ANSWERED, Expect.patient(api).udp(resolver.address(), 20));
          assertEquals(Outcome.ANSWERED, Expect.patient(api).ping(Fabric.address(1, six)));
          long before = state.denied(api);
          NetworkNamespace stranger = other.network().node();
          assertEquals(Outcome.SILENT, Expect.hasty(stranger).tcp(probed.address()));
          assertEquals(Outcome.SILENT, Expect.hasty(stranger).ping(api.address(six)));
          assertEquals(Outcome.SILENT, Expect.hasty(api).ping(Fabric.address(2, six)));
          assertTrue(state.denied(api) >= before + 3, state.denied(api) + " after " + before);
        }
      }
    }
  }

  /** The two families are two: an ipBlock of one says nothing about the other. */
  @Test
  void bothFamiliesAreJudgedAndNeitherForTheOther() {
    try (AgentNode node = new AgentNode();
        Fabric fabric = new Fabric()) {
      fabric.connect(node);
      payments(node);
      node.write(
          "four", Mission.policy("payments", "four", ALLOW_WORLD.formatted("four", "0.0.0.0/0")));
      node.write("six", Mission.policy("payments", "six", ALLOW_WORLD.formatted("six", "::/0")));
      Pod four = node.pod("payments", "four", "app: four");
      Pod six = node.pod("payments", "six", "app: six");
      node.agent().start();
      for (boolean v6 : new boolean[] {false, true}) {
        Pod may = v6 ? six : four;
        Pod mayNot = v6 ? four : six;
        try (EchoServer world =
                EchoServer.start(fabric.outside(), Fabric.outside(1, v6), Mission.PORT);
            PinnedState state = node.state()) {
          assertEquals(Outcome.ANSWERED, Expect.patient(may).tcp(world.address()));
          assertEquals(Outcome.ANSWERED, Expect.patient(may).udp(world.address(), 1200));
          assertEquals(Outcome.SILENT, Expect.hasty(mayNot).tcp(world.address()));
          assertEquals(Outcome.SILENT, Expect.hasty(mayNot).udp(world.address(), 1200));
          assertTrue(state.denied(mayNot) >= 2);
          assertEquals(1, world.accepted());
          assertEquals(1, world.received());
        }
      }
    }
  }

  /** A pod with a branch interface of its own (security groups for pods). */
  @Test
  void branchInterfacesAreEnforced() throws IOException {
    try (AgentNode node = new AgentNode()) {
      payments(node);
      Pod api = node.pod("payments", "api", "app: payments-api", PodNetwork.BRANCH);
      Pod web = node.pod("frontend", "web", "app: web");
      assertTrue(api.device().startsWith("vlan"));
      node.agent().start();
      try (EchoServer closed = Expect.serve(api, false, Mission.PORT + 1);
          Chat four = Chat.tcp(web, api, false, Mission.PORT);
          Chat six = Chat.tcp(web, api, true, Mission.PORT);
          PinnedState state = node.state()) {
        Expect.talking(List.of(four, six));
        assertEquals(Outcome.SILENT, Expect.hasty(web).tcp(closed.address()));
        assertTrue(state.denied(api) > 0);
        assertTrue(state.interfaces().contains(api.ifindex()));
        Pod late = node.pod("payments", "late", "app: late", PodNetwork.BRANCH);
        try (EchoServer server = Expect.serve(late, true, Mission.PORT)) {
          Expect.unreachable(web, server.address());
          Await.until(
              "the late pod's interface is the pod's",
              Expect.PATIENT,
              () -> node.agent().get("/v1/pods").contains(late.device()));
        }
      }
    }
  }
}
