package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Kubelets' probes of a pod that nobody else may reach. */
class ProbesOnCluster extends OnCluster {
  private static final Duration PROBED = Duration.ofSeconds(20);
  private static final Pattern PROBE =
      Pattern.compile(
          "(?m)^prober_probe_total\\{container=\"([^\"]*)\",namespace=\"probes\",.*probe_type=\"(\\w+)\",result=\"(\\w+)\"\\} (\\d+)");
  private static final List<Integer> PORTS = List.of(8000, 5000);

  private final String image = Payments.on(cluster).image();
  private final ClusterPods.Spec probed =
      new ClusterPods.Spec("probes", "probed", "app: probed", node(0));
  private final Caller stranger =
      new Caller(cluster, new ClusterPods.Spec("probes", "stranger", "app: stranger", node(0)));

  ProbesOnCluster() {
    super(12, "kubelets' probes");
  }

  @Test
  void reachAPodThatNobodyElseMay() {
    release.install("mode=enforce");
    pods.namespace("probes");
    cluster.apply(
        Mission.policy(
            "probes",
            "closed",
            "podSelector: {matchLabels: {app: probed}}, policyTypes: [Ingress, Egress]"));
    pods.start(
        new ClusterPods.Spec("probes", "stranger", "app: stranger", node(0)), "serve", "9090");
    cluster.apply(probed());
    cluster.awaitReady("probes", "probed");
    // The kubelet probes a pod's first address alone; of the other family by another pod's probes.
    cluster.apply(probing(pods.address(probed, !first())));
    cluster.awaitReady("probes", "probing");
    nobodyElseMay();
    goOn();
  }

  /** Whether a pod's first address is of IPv6. */
  private boolean first() {
    return cluster.get("probes", "pod/probed", "{.status.podIP}").contains(":");
  }

  private String probed() {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: probed, namespace: probes, labels: {app: probed}}
    spec:
      nodeName: %1$s
      terminationGracePeriodSeconds: 0
      containers:
      - name: web
        image: %2$s
        args: [netexec, --http-port=8000]
        readinessProbe: {httpGet: {port: 8000, path: /healthz}, periodSeconds: 1, failureThreshold: 1}
        livenessProbe: {tcpSocket: {port: 8000}, periodSeconds: 1, failureThreshold: 3}
      - name: rpc
        image: %2$s
        args: [grpc-health-checking, --port=5000, --http-port=8001]
        readinessProbe: {grpc: {port: 5000}, periodSeconds: 1, failureThreshold: 1}
    """
        .formatted(probed.node(), image);
  }

  /** Probes the other one by an address, and with a third container nothing, in vain. */
  private String probing(String address) {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: probing, namespace: probes, labels: {app: probing}}
    spec:
      nodeName: %1$s
      terminationGracePeriodSeconds: 0
      containers:
      - name: other
        image: %2$s
        args: [pause]
        readinessProbe: {httpGet: {host: "%3$s", port: 8000, path: /healthz}, periodSeconds: 1, failureThreshold: 1}
        livenessProbe: {tcpSocket: {host: "%3$s", port: 8000}, periodSeconds: 1, failureThreshold: 3}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: vain, namespace: probes, labels: {app: vain}}
    spec:
      nodeName: %1$s
      terminationGracePeriodSeconds: 0
      containers:
      - name: vain
        image: %2$s
        args: [pause]
        readinessProbe: {tcpSocket: {port: 1}, periodSeconds: 1, failureThreshold: 1}
    """
        .formatted(probed.node(), image, address);
  }

  /** Not even a pod beside it, by any address or port that is probed. */
  private void nobodyElseMay() {
    Questions questions = new Questions();
    try (NodeProbe node = NodeProbe.start(cluster, probed.node())) {
      for (boolean six : new boolean[] {false, true}) {
        for (int port : PORTS) {
          String address = pods.address(probed, six);
          questions.ask(true, node.caller(), address, port, "node -> probed");
          questions.ask(false, stranger, address, port, "stranger -> probed");
        }
      }
    }
    questions.tell(evidence);
  }

  private void goOn() {
    String since = "{.status.conditions[?(@.type==\"Ready\")].lastTransitionTime}";
    String ready = cluster.get("probes", "pod/probed", since);
    Map<String, Long> before = probes();
    long unhealthy = unhealthy("probed") + unhealthy("probing");
    long end = System.nanoTime() + PROBED.toNanos();
    Await.seldom("probes go on", PROBED.plus(SOON), () -> System.nanoTime() > end);
    Map<String, Long> made = new TreeMap<>();
    probes().forEach((probe, count) -> made.put(probe, count - before.getOrDefault(probe, 0L)));
    unhealthy = unhealthy("probed") + unhealthy("probing") - unhealthy;
    tell(made, unhealthy);
    assertEquals(ready, cluster.get("probes", "pod/probed", since), "was not ready for a while");
    String restarts = "{.status.containerStatuses[*].restartCount}";
    assertEquals("0 0", cluster.get("probes", "pod/probed", restarts));
    assertEquals("0", cluster.get("probes", "pod/probing", restarts));
  }

  private void tell(Map<String, Long> made, long unhealthy) {
    String own = first() ? "IPv6" : "IPv4";
    String other = first() ? "IPv4" : "IPv6";
    Map<String, String> kinds =
        Map.of(
            "web Readiness", "HTTP, " + own,
            "web Liveness", "TCP, " + own,
            "rpc Readiness", "gRPC, " + own,
            "other Readiness", "HTTP, " + other,
            "other Liveness", "TCP, " + other);
    long failed = 0;
    for (Map.Entry<String, String> kind : new TreeMap<>(kinds).entrySet()) {
      long good = made.getOrDefault(kind.getKey() + " successful", 0L);
      long bad = made.getOrDefault(kind.getKey() + " failed", 0L);
      evidence.is(
          kind.getValue() + ": probes that succeeded and failed, in " + PROBED.toSeconds() + " s",
          good + ", " + bad,
          "some, 0");
      assertTrue(good > PROBED.toSeconds() / 2, kind + " of " + made);
      failed += bad;
    }
    evidence.is("Unhealthy Events of these pods in this time", "" + unhealthy, "0");
    assertEquals(0, failed);
    assertEquals(0, unhealthy);
    assertFalse(made.getOrDefault("vain Readiness failed", 0L) == 0, "counts what fails: " + made);
    assertTrue(unhealthy("vain") > 0, "Events tell of what fails");
  }

  /** What the kubelet counts, by container, kind and result. */
  private Map<String, Long> probes() {
    Map<String, Long> probes = new TreeMap<>();
    String page =
        cluster
            .run("get", "--raw", "/api/v1/nodes/" + probed.node() + "/proxy/metrics/probes")
            .succeeded();
    for (MatchResult found : PROBE.matcher(page).results().toList()) {
      String probe = found.group(1) + " " + found.group(2) + " " + found.group(3);
      probes.put(probe, Long.parseLong(found.group(4)));
    }
    return probes;
  }

  private long unhealthy(String pod) {
    return cluster
        .run(
            "--namespace=probes",
            "get",
            "events",
            "--field-selector=reason=Unhealthy,involvedObject.name=" + pod,
            "--output=jsonpath={range .items[*]}{.count}{\"\\n\"}{end}")
        .succeeded()
        .lines()
        .mapToLong(Long::parseLong)
        .sum();
  }
}
