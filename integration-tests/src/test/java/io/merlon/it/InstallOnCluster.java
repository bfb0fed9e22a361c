package io.merlon.it;

import static io.merlon.it.Payments.API;
import static io.merlon.it.Payments.FRONTEND;
import static io.merlon.it.Payments.INTRUDER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Merlon comes to a cluster in use, goes from observe to enforce, and goes again. */
class InstallOnCluster extends OnCluster {
  private static final int CONNECTIONS = 100;
  private static final Duration REST = Duration.ofSeconds(30);

  private final Payments payments = Payments.on(cluster);
  private final ClusterPods.Spec server =
      new ClusterPods.Spec("busy", "server", "app: server", node(0));
  private final List<ClusterPods.Spec> holders =
      List.of(
          new ClusterPods.Spec("busy", "holder-4", "app: holder", node(1)),
          new ClusterPods.Spec("busy", "holder-6", "app: holder", node(1)));

  /** Another one under the same policy: what the policy cuts midway is sent again by its server. */
  private final ClusterPods.Spec closed =
      new ClusterPods.Spec("busy", "closed", "app: server", node(0));

  /** Shows when the servers' policy is enforced. */
  private final ClusterPods.Spec stranger =
      new ClusterPods.Spec("busy", "stranger", "app: stranger", node(1));

  private long segments;
  private long segmentsLost;

  InstallOnCluster() {
    super(1, "install while connections are open");
  }

  @AfterEach
  void stopPayments() {
    payments.stop();
  }

  @Test
  void breaksNoneOf200ConnectionsAndRestartsNoPod() {
    payments.start();
    holdConnections();

    segments = lost(); // a hundred connections at once are more than a server's queue takes
    long begun = System.nanoTime();
    release.install();
    evidence.is("apply -> agents of all nodes ready", millis(begun) + " ms");
    tellLosses("install");
    observeAuditEnforce();
    tellLosses("observe, audit, enforce");
    seesDenialsByName();
    atRest();
    tellLosses("rest");
    release.detach();
    tellLosses("detach");
    release.uninstall();
    tellLosses("uninstall");

    long lost = 0;
    long worst = 0;
    int restarts = payments.restarts() + pods.restarts(server, closed);
    for (ClusterPods.Spec holder : holders) {
      Map<String, Long> said = pods.said(holder);
      assertEquals(CONNECTIONS, said.getOrDefault("open", 0L), holder.name() + " said " + said);
      assertTrue(
          System.currentTimeMillis() - said.getOrDefault("oldest", 0L) < SOON.toMillis(),
          "all go on: " + said);
      lost += said.getOrDefault("lost", 1L);
      worst = Math.max(worst, said.getOrDefault("worst", 0L));
      restarts += pods.restarts(holder);
    }
    evidence.is(
        "open connections broken, of 200, from before the install to after the uninstall",
        "" + lost,
        "0");
    evidence.is("longest any of them waited for an answer", worst + " ms");
    evidence.is("pods restarted", "" + restarts, "0");
    assertEquals(0, lost);
    assertEquals(0, segmentsLost);
    assertEquals(0, restarts);
    assertEquals("", release.left());
  }

  /** Segments lost since the step before. */
  private void tellLosses(String step) {
    long now = lost();
    evidence.is("segments of open connections lost during " + step, "" + (now - segments), "0");
    segmentsLost += now - segments;
    segments = now;
  }

  private long lost() {
    return pods.segmentsLost(server) + pods.segmentsLost(holders.toArray(ClusterPods.Spec[]::new));
  }

  private static long millis(long begun) {
    return Duration.ofNanos(System.nanoTime() - begun).toMillis();
  }

  private void holdConnections() {
    pods.namespace("busy");
    cluster.apply(
        Mission.policy(
            "busy",
            "holders",
            "podSelector: {matchLabels: {app: server}}, ingress: [{from: [{podSelector: {matchLabels: {app: holder}}}]}]"));
    pods.start(server, "serve", "8080");
    for (int i = 0; i < holders.size(); i++) {
      String address = pods.address(server, i == 1);
      pods.start(holders.get(i), "hold", "100", "" + CONNECTIONS, address, "8080");
      awaitOpen(holders.get(i), CONNECTIONS);
    }
    pods.start(closed, "serve", "8080");
    pods.start(stranger, "try", "50", pods.address(closed, false), "8080");
    awaitAnswer(stranger, 0);
  }

  private void observeAuditEnforce() {
    cluster.run("annotate", "namespace", "busy", "merlon.io/mode=enforce").succeeded();
    awaitSilence(stranger, SILENT);
    assertTrue(payments.connects(INTRUDER, API), "observed, not enforced");
    payments.mode("audit");
    assertTrue(payments.connects(INTRUDER, API), "audited, not enforced");
    awaitCounted("would-deny");
    payments.mode("enforce");
    Await.seldom("payments enforces", SOON, () -> !payments.connects(INTRUDER, API));
    assertTrue(payments.connects(FRONTEND, API));
    assertFalse(payments.connects(INTRUDER, API));
  }

  private void seesDenialsByName() {
    String node = payments.node(API);
    Await.seldom(
        "the flow is told by names",
        SOON,
        () ->
            release
                .merlon(node, "flows", "--denied")
                .output()
                .lines()
                .anyMatch(line -> line.contains("intruder") && line.contains("payments-api")));
    awaitCounted("denied");
    evidence.is("denials by name in `merlon flows --denied` and /metrics", "yes", "yes");
  }

  private void awaitCounted(String verdict) {
    String node = payments.node(API);
    Await.seldom(
        "the metric counts by names what is " + verdict,
        SOON,
        () ->
            release
                .page(node, "/metrics")
                .lines()
                .anyMatch(line ->
                    line.startsWith("merlon_packets_total")
                        && line.contains("workload=\"payments-api\"")
                        && line.contains("verdict=\"" + verdict + "\"")));
  }

  private void atRest() {
    Map<String, Long> before = new HashMap<>();
    cluster.nodes().forEach(node -> before.put(node, release.processorMillis(node)));
    long begun = System.nanoTime();
    Await.seldom("time passes", REST.plus(SOON), () -> millis(begun) > REST.toMillis());
    for (String node : cluster.nodes()) {
      long used = release.processorMillis(node) - before.getOrDefault(node, 0L);
      long rss = release.residentMebibytes(node);
      evidence.is("agent of " + node + " at rest: RSS", rss + " MiB", "120 MiB");
      evidence.is(
          "agent of " + node + " at rest: processor",
          "%.2f %% of a core".formatted(100.0 * used / millis(begun)));
    }
  }
}
