package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Nodes, pods in their network, and Services around pods that are closed by default. */
class ServicesOnCluster extends OnCluster {
  private static final boolean[] FAMILIES = {false, true};
  private static final String POLICIES =
      Mission.policy("services", "default-deny", "podSelector: {}, policyTypes: [Ingress, Egress]")
          + "---\n"
          + Mission.policy(
              "services",
              "clients",
              "podSelector: {matchLabels: {app: server}}, ingress: [{from: [{podSelector: {matchLabels: {app: client}}}, {podSelector: {matchLabels: {part: loop}}}], ports: [{port: 8080}]}]")
          + "---\n"
          + Mission.policy(
              "services",
              "to-servers",
              "podSelector: {matchExpressions: [{key: app, operator: In, values: [client, server]}]}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: server}}}], ports: [{port: 8080}]}]");

  private static final int HOST_PORT = 18080;

  private final ClusterPods.Spec near = pod("near", "app: server, part: all", 0);
  private final ClusterPods.Spec far = pod("far", "app: server, part: all", 1);
  private final ClusterPods.Spec loop = pod("loop", "app: server, part: loop", 0);
  private final ClusterPods.Spec otherPort = pod("other-port", "app: server, part: other", 1);
  private final ClusterPods.Spec stranger = pod("stranger", "app: stranger", 0);
  private final ClusterPods.Spec ownHost = pod("own-host", "app: host", 0);
  private final ClusterPods.Spec otherHost = pod("other-host", "app: host", 1);
  private final Caller client = new Caller(cluster, pod("client", "app: client", 0));
  private final Caller strangers = new Caller(cluster, stranger);
  private final Questions questions = new Questions();

  ServicesOnCluster() {
    super(8, "nodes, Services");
  }

  private ClusterPods.Spec pod(String name, String labels, int node) {
    return new ClusterPods.Spec("services", name, labels, node(node));
  }

  @Test
  void passAsThePoliciesSayForWhatIsBehindThem() {
    release.install("mode=enforce");
    pods.namespace("services");
    cluster.apply(POLICIES);
    List.of(near, far, loop).forEach(server -> pods.start(server, "serve", "8080"));
    List.of(otherPort, stranger, pod("client", "app: client", 0))
        .forEach(other -> pods.start(other, "serve", "9090"));
    throughServices();
    headless();
    podsThemselves();
    apiServer();
    if (cluster.nodes().size() > 1) {
      nodes();
      podsInNodesNetworks();
    } else {
      evidence.is("pods and nodes' networks of other nodes", "not tried: there is one node");
    }
    questions.tell(evidence);
  }

  private void throughServices() {
    ClusterService all = service("all", "part: all", 8080, "sessionAffinity: None");
    ClusterService local = service("local", "part: all", 8080, "internalTrafficPolicy: Local");
    ClusterService hairpin = service("loop", "part: loop", 8080, "sessionAffinity: None");
    for (ClusterService service : List.of(all, local, hairpin)) {
      service.awaitTranslated(client);
      for (String address : service.addresses()) {
        ask(true, client, address, ClusterService.PORT, "client -> Service " + service.name());
        ask(false, strangers, address, ClusterService.PORT, "stranger -> " + service.name());
      }
    }
    for (String address : hairpin.addresses()) {
      ask(
          true,
          new Caller(cluster, loop),
          address,
          ClusterService.PORT,
          "a pod -> itself by its Service");
    }
  }

  private ClusterService service(String name, String selector, int target, String more) {
    return ClusterService.make(cluster, "services", name, selector, target, more);
  }

  /** Whoever resolves its name gets its endpoints' addresses. */
  private void headless() {
    ClusterService headless = service("headless", "part: all", 8080, "clusterIP: None");
    Await.seldom("endpoints of both families", SOON, () -> headless.endpoints().size() == 4);
    for (String address : headless.endpoints()) {
      ask(true, client, address, 8080, "client -> headless");
      ask(false, strangers, address, 8080, "stranger -> headless");
    }
  }

  /** Where nothing may come from a pod something listens: the pods' own nodes reach it. */
  private void podsThemselves() {
    try (NodeProbe zero = NodeProbe.start(cluster, node(0));
        NodeProbe one = NodeProbe.start(cluster, node(1))) {
      for (boolean six : FAMILIES) {
        for (ClusterPods.Spec server : List.of(near, far)) {
          ask(true, client, pods.address(server, six), 8080, "client -> " + server.name());
          ask(false, strangers, pods.address(server, six), 8080, "stranger -> " + server.name());
        }
        String other = pods.address(otherPort, six);
        ask(false, client, other, 9090, "client -> port that no policy names");
        ask(true, one.caller(), other, 9090, "node -> the same port");
        String unnamed = pods.address(stranger, six);
        ask(false, client, unnamed, 9090, "client -> stranger");
        ask(true, zero.caller(), unnamed, 9090, "node -> stranger");
      }
    }
  }

  /** A pod's own node may reach it, another node may not. */
  private void nodes() {
    try (NodeProbe own = NodeProbe.start(cluster, node(1));
        NodeProbe other = NodeProbe.start(cluster, node(0))) {
      for (boolean six : FAMILIES) {
        String address = pods.address(far, six);
        ask(true, own.caller(), address, 8080, "node -> its pod");
        ask(false, other.caller(), address, 8080, "other node -> pod");
      }
    }
  }

  /** It is like any other address. */
  private void apiServer() {
    List<String> servers =
        List.of(
            cluster
                .get("default", "endpointslice/kubernetes", "{.endpoints[*].addresses[0]}")
                .split(" ", -1));
    if (servers.contains(address(0, false)) || servers.contains(address(0, true))) {
      evidence.is("client -> API server", "not tried: it is on the client's own node");
      return;
    }
    String server = servers.getFirst();
    int port =
        Integer.parseInt(cluster.get("default", "endpointslice/kubernetes", "{.ports[0].port}"));
    ask(false, client, server, port, "client -> API server");
    allowClientTo("api-server", port, servers);
    Await.seldom("client -> API server, allowed", SOON, () -> client.connects(server, port));
    String virtual = cluster.get("default", "service/kubernetes", "{.spec.clusterIP}");
    ask(true, client, virtual, 443, "client -> API server by its Service");
  }

  /**
   * They are their nodes' addresses: a pod's own node is open to it, another one where an ipBlock
   * says so, and of a Service over both only what is behind it.
   */
  private void podsInNodesNetworks() {
    for (ClusterPods.Spec host : List.of(ownHost, otherHost)) {
      new UnusualServer(host, HOST_PORT, true, 0).start(cluster);
    }
    ClusterService hosts = service("hosts", "app: host", HOST_PORT, "sessionAffinity: None");
    hosts.awaitTranslated(client);
    for (boolean six : FAMILIES) {
      ask(true, client, address(0, six), HOST_PORT, "client -> pod in its node's network");
      ask(false, client, address(1, six), HOST_PORT, "client -> pod in another node's network");
      half(hosts, six);
    }
    allowClientTo("other-host", HOST_PORT, List.of(address(1, false), address(1, true)));
    for (boolean six : FAMILIES) {
      String other = address(1, six);
      Await.seldom("client -> " + other, SOON, () -> client.connects(other, HOST_PORT));
      ask(false, strangers, other, HOST_PORT, "stranger -> pod in another node's network");
      assertEquals(Spread.ATTEMPTS, spread(hosts, six).made(), "all of them allowed");
    }
  }

  /** The node itself may be reached, the other one not. */
  private void half(ClusterService hosts, boolean six) {
    Spread spread = spread(hosts, six);
    evidence.is(
        "connections of %d to a Service over pods in nodes' networks, IPv%d: to the own node, to another, denied one"
            .formatted(Spread.ATTEMPTS, six ? 6 : 4),
        spread.reached().getFirst() + ", " + spread.reached().getLast(),
        "some, 0");
    assertEquals(0, spread.reached().getLast());
    assertTrue(spread.made() > 0 && spread.made() < Spread.ATTEMPTS, spread.toString());
  }

  private Spread spread(ClusterService hosts, boolean six) {
    return Spread.of(pods, client, hosts.address(six), List.of(ownHost, otherHost));
  }

  private String address(int node, boolean six) {
    return NodeProbe.address(cluster, node(node), six);
  }

  private void allowClientTo(String policy, int port, List<String> addresses) {
    List<String> blocks =
        addresses.stream()
            .map(a -> "{ipBlock: {cidr: \"%s/%d\"}}".formatted(a, a.contains(":") ? 128 : 32))
            .toList();
    cluster.apply(
        Mission.policy(
            "services",
            policy,
            "podSelector: {matchLabels: {app: client}}, policyTypes: [Egress], egress: [{to: [%s], ports: [{port: %d}]}]"
                .formatted(String.join(", ", blocks), port)));
  }

  private void ask(boolean open, Caller from, String address, int port, String what) {
    questions.ask(open, from, address, port, what);
  }
}
