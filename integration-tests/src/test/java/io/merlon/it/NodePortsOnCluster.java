package io.merlon.it;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * NodePorts, asked from nodes and from pods. Whose address a backend sees is the proxy's doing:
 * with the policy Cluster that of the node that was asked, which for the backend's own node means
 * that policy is not asked; with the policy Local that of who asks.
 */
class NodePortsOnCluster extends OnCluster {
  private static final boolean[] FAMILIES = {false, true};
  private static final String ISOLATED =
      Mission.policy(
          "nodeports", "default-deny", "podSelector: {}, policyTypes: [Ingress, Egress]");

  private final ClusterPods.Spec server = pod("server", "app: server", 0);
  private final Caller near = new Caller(cluster, pod("near", "app: near", 0));
  private final Caller far = new Caller(cluster, pod("far", "app: far", 1));
  private final Questions questions = new Questions();

  NodePortsOnCluster() {
    super(11, "NodePorts");
  }

  private ClusterPods.Spec pod(String name, String labels, int node) {
    return new ClusterPods.Spec("nodeports", name, labels, node(node));
  }

  @Test
  void letInWhomThePoliciesLet() {
    if (cluster.nodes().size() < 2) {
      evidence.is("NodePorts", "not tried: there is one node");
      return;
    }
    release.install("mode=enforce");
    pods.namespace("nodeports");
    pods.start(server, "serve", "8080");
    pods.start(pod("near", "app: near", 0), "serve", "9090");
    pods.start(pod("far", "app: far", 1), "serve", "9090");
    ClusterService spread = service("spread", "Cluster");
    ClusterService local = service("local", "Local");
    try (NodeProbe own = NodeProbe.start(cluster, node(0));
        NodeProbe other = NodeProbe.start(cluster, node(1))) {
      awaitTranslated(own.caller(), other.caller(), spread, local);
      arrivesFrom(other.caller(), local, node(1));
      arrivesFrom(other.caller(), spread, node(0));
      cluster.apply(ISOLATED);
      awaitIsolated(other.caller());
      nodes(false, own.caller(), other.caller(), spread, local);
      podsWhoMayNothing(spread, local);
      allow(
          "node",
          "podSelector: {matchLabels: {app: server}}, ingress: [{from: [%s], ports: [{port: 8080}]}]");
      Await.seldom(
          "allowed",
          SOON,
          () ->
              connects(other.caller(), 1, spread, false)
                  && connects(other.caller(), 1, spread, true));
      nodes(true, own.caller(), other.caller(), spread, local);
      allow(
          "to-node",
          "podSelector: {matchLabels: {app: near}}, policyTypes: [Egress], egress: [{to: [%s], ports: [{port: "
              + spread.nodePort()
              + "}]}]");
      podWhoMayReachTheNode(spread, local);
    }
    questions.tell(evidence);
  }

  private ClusterService service(String name, String policy) {
    return ClusterService.make(
        cluster,
        "nodeports",
        name,
        "app: server",
        8080,
        "type: NodePort, externalTrafficPolicy: " + policy);
  }

  private String address(int node, boolean six) {
    return NodeProbe.address(cluster, node(node), six);
  }

  private boolean connects(Caller from, int node, ClusterService service, boolean six) {
    return from.attempt(address(node, six), service.nodePort()) == Caller.Answer.OPEN;
  }

  /** Nobody is isolated yet. */
  private void awaitTranslated(
      Caller own, Caller other, ClusterService spread, ClusterService local) {
    for (boolean six : FAMILIES) {
      for (Caller from : List.of(own, other, near, far)) {
        Await.seldom(
            "NodePort for " + from,
            SOON,
            () ->
                connects(from, 0, spread, six)
                    && connects(from, 1, spread, six)
                    && connects(from, 0, local, six));
      }
    }
  }

  /** Who came, by the server's own word. */
  private void arrivesFrom(Caller from, ClusterService service, String node) {
    for (boolean six : FAMILIES) {
      String source = InetAddress.ofLiteral(NodeProbe.address(cluster, node, six)).getHostAddress();
      long before = pods.came(server, "tcp", source);
      questions.ask(true, from, address(0, six), service.nodePort(), "open to all");
      Await.seldom(
          "one from " + source + ", of " + service.name(),
          SOON,
          () -> pods.came(server, "tcp", source) > before);
      evidence.is(
          "another node -> NodePort %s of the backend's node, IPv%d: the backend sees"
              .formatted(service.name(), six ? 6 : 4),
          node.equals(node(0)) ? "its own node" : "the other node");
    }
  }

  private void awaitIsolated(Caller other) {
    for (boolean six : FAMILIES) {
      Await.seldom("isolated", SOON, () -> !other.connects(pods.address(server, six), 8080));
    }
  }

  /** The other node is let in by an ipBlock, or not; the own one always. */
  private void nodes(
      boolean allowed, Caller own, Caller other, ClusterService spread, ClusterService local) {
    for (boolean six : FAMILIES) {
      ask(true, own, 0, spread, six);
      ask(true, own, 0, local, six);
      ask(true, other, 0, spread, six); // comes as the own node
      ask(allowed, other, 0, local, six);
      ask(allowed, other, 1, spread, six);
      ask(allowed, other, 1, local, six);
      ask(allowed, own, 1, spread, six); // comes as the other node
    }
  }

  /**
   * A pod's own node is open to it, and to that node's pods so is this node: so at a NodePort of
   * the policy Cluster there, neither policy is asked. With Local the backend's is.
   */
  private void podsWhoMayNothing(ClusterService spread, ClusterService local) {
    for (boolean six : FAMILIES) {
      tellLimit(spread, local, six);
      ask(false, near, 1, spread, six);
      ask(false, far, 0, spread, six);
      ask(false, far, 0, local, six);
      ask(false, far, 1, spread, six); // comes as the other node, which is not let in yet
    }
  }

  private void tellLimit(ClusterService spread, ClusterService local, boolean six) {
    boolean open = connects(near, 0, spread, six);
    evidence.is(
        "pod that may go nowhere -> NodePort of its own node and of a backend there that lets nobody in, IPv%d: Cluster, Local"
            .formatted(six ? 6 : 4),
        (open ? "open, " : "closed, ")
            + (near.connects(address(0, six), local.nodePort()) ? "open" : "closed"),
        "open is a known limit, closed");
    ask(true, near, 0, spread, six);
    ask(false, near, 0, local, six);
  }

  /** It may go to the other node's NodePort, and comes from there as that node. */
  private void podWhoMayReachTheNode(ClusterService spread, ClusterService local) {
    for (boolean six : FAMILIES) {
      Await.seldom("near -> node", SOON, () -> connects(near, 1, spread, six));
      ask(false, near, 1, local, six); // another port
      ask(false, near, 0, local, six);
      ask(false, far, 0, spread, six);
      ask(true, far, 1, spread, six); // its own node, and comes as that
    }
  }

  /** Lets a policy's peers be the other node. */
  private void allow(String policy, String spec) {
    cluster.apply(
        Mission.policy(
            "nodeports",
            policy,
            spec.formatted(
                "{ipBlock: {cidr: \"%s/32\"}}, {ipBlock: {cidr: \"%s/128\"}}"
                    .formatted(address(1, false), address(1, true)))));
  }

  private void ask(boolean open, Caller from, int node, ClusterService service, boolean six) {
    questions.ask(
        open,
        from,
        address(node, six),
        service.nodePort(),
        "%s -> NodePort %s of %s"
            .formatted(
                from.pod(), service.name(), node == 0 ? "the backend's node" : "another node"));
  }
}
