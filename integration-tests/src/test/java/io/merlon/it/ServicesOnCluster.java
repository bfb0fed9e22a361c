package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Probes, nodes and Services around pods that are closed by default. */
class ServicesOnCluster extends OnCluster {
  private static final Duration PROBED = Duration.ofSeconds(20);
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

  private final ClusterPods.Spec near = pod("near", "app: server, part: all", 0);
  private final ClusterPods.Spec far = pod("far", "app: server, part: all", 1);
  private final ClusterPods.Spec loop = pod("loop", "app: server, part: loop", 0);
  private final ClusterPods.Spec client = pod("client", "app: client", 0);
  private final ClusterPods.Spec stranger = pod("stranger", "app: stranger", 0);
  private final List<String> wrong = new ArrayList<>();
  private int asked;

  ServicesOnCluster() {
    super(8, "probes, nodes, Services");
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
    List.of(client, stranger).forEach(other -> pods.start(other, "serve", "9090"));
    for (String service : List.of("all", "loop")) {
      cluster.apply(service(service, "sessionAffinity: None"));
    }
    cluster.apply(
        service("sticky", "sessionAffinity: ClientIP").replace("part: sticky", "part: all"));
    cluster.apply(
        service("local", "type: NodePort, internalTrafficPolicy: Local")
            .replace("part: local", "part: all"));
    throughServices();
    podsThemselves();
    nodes();
    evidence.is(
        "questions put to the network, answered otherwise than the policies say",
        asked + ", " + wrong.size() + " " + wrong,
        "0");
    assertEquals(List.of(), wrong);
    probesPass();
  }

  private static String service(String name, String more) {
    return """
    apiVersion: v1
    kind: Service
    metadata: {name: %s, namespace: services}
    spec: {ipFamilyPolicy: PreferDualStack, selector: {part: %s}, ports: [{port: 80, targetPort: 8080}], %s}
    """
        .formatted(name, name, more);
  }

  private void throughServices() {
    for (String service : List.of("all", "sticky", "local", "loop")) {
      String addresses = cluster.get("services", "service/" + service, "{.spec.clusterIPs[*]}");
      for (String address : addresses.split(" ", -1)) {
        awaitTranslated(address);
        ask(true, client, address, 80, "client -> Service " + service);
        ask(false, stranger, address, 80, "stranger -> Service " + service);
      }
    }
    for (String address :
        cluster.get("services", "service/loop", "{.spec.clusterIPs[*]}").split(" ", -1)) {
      ask(true, loop, address, 80, "a pod -> itself by its Service");
    }
  }

  /** kube-proxy takes its time, which is not what is asked about. */
  private void awaitTranslated(String address) {
    Await.seldom("translation of " + address, SOON, () -> connects(client, address, 80));
  }

  private void podsThemselves() {
    for (ClusterPods.Spec server : List.of(near, far)) {
      for (boolean six : new boolean[] {false, true}) {
        ask(true, client, pods.address(server, six), 8080, "client -> " + server.name());
        ask(false, stranger, pods.address(server, six), 8080, "stranger -> " + server.name());
        ask(false, client, pods.address(server, six), 9090, "client -> closed port");
      }
    }
    ask(false, client, pods.address(stranger, false), 9090, "client -> stranger");
  }

  /**
   * A pod's own node may reach it, another node may not, and the API server is like any address.
   */
  private void nodes() {
    if (cluster.nodes().size() > 1) {
      try (NodeProbe own = NodeProbe.start(cluster, node(1));
          NodeProbe other = NodeProbe.start(cluster, node(0))) {
        for (boolean six : new boolean[] {false, true}) {
          String address = pods.address(far, six);
          ask(true, own.connects(address, 8080), "node -> its pod " + address);
          ask(false, other.connects(address, 8080), "other node -> pod " + address);
        }
      }
    }
    String server =
        cluster.get("default", "endpointslice/kubernetes", "{.endpoints[0].addresses[0]}");
    int port =
        Integer.parseInt(cluster.get("default", "endpointslice/kubernetes", "{.ports[0].port}"));
    ask(false, client, server, port, "client -> API server");
    cluster.apply(
        Mission.policy(
            "services",
            "api-server",
            "podSelector: {matchLabels: {app: client}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: \"%s/%d\"}}], ports: [{port: %d}]}]"
                .formatted(server, server.contains(":") ? 128 : 32, port)));
    Await.seldom("client -> API server, allowed", SOON, () -> connects(client, server, port));
    String virtual = cluster.get("default", "service/kubernetes", "{.spec.clusterIP}");
    ask(true, client, virtual, 443, "client -> API server by its Service");
  }

  private void probesPass() {
    String probes =
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: probed, namespace: services, labels: {app: probed}}
        spec:
          nodeName: %s
          terminationGracePeriodSeconds: 0
          containers:
          - name: web
            image: %s
            args: [netexec, --http-port=8000]
            readinessProbe: {httpGet: {port: 8000, path: /healthz}, periodSeconds: 1, failureThreshold: 1}
            livenessProbe: {tcpSocket: {port: 8000}, periodSeconds: 1, failureThreshold: 1}
          - name: rpc
            image: %s
            args: [grpc-health-checking, --port=5000, --http-port=8001]
            readinessProbe: {grpc: {port: 5000}, periodSeconds: 1, failureThreshold: 1}
        """
            .formatted(node(0), Payments.on(cluster).image(), Payments.on(cluster).image());
    cluster.apply(probes);
    cluster.awaitReady("services", "probed");
    String since = "{.status.conditions[?(@.type==\"Ready\")].lastTransitionTime}";
    String ready = cluster.get("services", "pod/probed", since);
    long end = System.nanoTime() + PROBED.toNanos();
    Await.seldom("probes go on", PROBED.plus(SOON), () -> System.nanoTime() > end);
    assertEquals(ready, cluster.get("services", "pod/probed", since), "was not ready for a while");
    assertEquals(
        "0 0",
        cluster.get("services", "pod/probed", "{.status.containerStatuses[*].restartCount}"));
    evidence.is(
        "HTTP, TCP and gRPC probes every second for "
            + PROBED.toSeconds()
            + " s under default deny, failed",
        "0",
        "0");
  }

  private void ask(boolean allowed, ClusterPods.Spec from, String address, int port, String what) {
    ask(allowed, connects(from, address, port), what + " " + address);
  }

  private void ask(boolean allowed, boolean connected, String what) {
    asked++;
    if (connected != allowed) {
      wrong.add(what + (connected ? ": open" : ": closed"));
    }
  }

  private boolean connects(ClusterPods.Spec from, String address, int port) {
    return NodeProbe.connects(cluster, from.namespace(), from.name(), address, port);
  }
}
