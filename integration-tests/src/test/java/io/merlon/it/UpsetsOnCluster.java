package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Agents and what they live on go away and come back; packets are judged as before. */
class UpsetsOnCluster extends OnCluster {
  private static final int HELD = 50;
  private static final Duration AWAY =
      Duration.ofSeconds(Integer.getInteger("merlon.api.away", 180));

  private final ClusterPods.Spec server =
      new ClusterPods.Spec("calm", "server", "app: server", node(0));

  private final ClusterPods.Spec holder =
      new ClusterPods.Spec("calm", "holder", "app: holder", node(1));
  private final ClusterPods.Spec opener =
      new ClusterPods.Spec("calm", "opener", "app: holder", node(1));
  private final ClusterPods.Spec intruder =
      new ClusterPods.Spec("calm", "intruder", "app: intruder", node(1));

  UpsetsOnCluster() {
    super(5, "restarts, kills, outages");
  }

  @Test
  void neverLoosenEnforcementNorBreakTraffic() {
    release.install("mode=enforce");
    converse();
    during("rolling restart of the DaemonSet", this::roll);
    during("agent's pod deleted", this::deleteAgent);
    during("agent killed with SIGKILL", this::killAgent);
    Optional<ClusterControl> control = ClusterControl.here();
    if (control.isEmpty()) {
      evidence.is("kubelet, containerd, API server", "not tried: CLUSTER_CONTROL names no command");
      return;
    }
    during(
        "kubelets restarted",
        () -> cluster.nodes().forEach(node -> control.get().act("kubelet", node)));
    during(
        "containerds restarted",
        () -> cluster.nodes().forEach(node -> control.get().act("containerd", node)));
    during("etcd compacted", () -> control.get().act("compact"));
    during(
        "API server stopped for " + AWAY.toSeconds() + " s, and started",
        () -> outage(control.get()));
    aNewPolicyIsEnforced();
  }

  private void converse() {
    pods.namespace("calm");
    pods.start(server, "serve", "8080");
    cluster.apply(
        Mission.policy(
            "calm",
            "holders",
            "podSelector: {matchLabels: {app: server}}, ingress: [{from: [{podSelector: {matchLabels: {app: holder}}}]}]"));
    String address = pods.address(server, false);
    String six = pods.address(server, true);
    pods.start(holder, "hold", "50", "" + HELD, address, "8080");
    awaitOpen(holder, HELD);
    pods.start(opener, "try", "20", six, "8080");
    pods.start(intruder, "try", "20", address, "8080");
    awaitAnswer(opener, 0);
  }

  private void during(String what, Runnable upset) {
    long failedBefore = pods.said(opener, "failed");
    long madeBefore = pods.said(opener, "made");
    long segmentsBefore = pods.segmentsLost(holder, server);
    long begun = System.nanoTime();
    upset.run();
    long took = Duration.ofNanos(System.nanoTime() - begun).toMillis();
    cluster.awaitRollout(Release.NAMESPACE, Release.NAME);
    // What an upset broke shows in what is answered after it.
    awaitAnswer(opener, System.currentTimeMillis());
    awaitAnswer(holder, System.currentTimeMillis());
    Map<String, Long> held = pods.said(holder);
    long segments = pods.segmentsLost(holder, server) - segmentsBefore;
    long failed = pods.said(opener, "failed") - failedBefore;
    long made = pods.said(opener, "made") - madeBefore;
    long intruded =
        pods.said(intruder, "made") + pods.came(server, "tcp", pods.address(intruder, false));
    evidence.is(what + " (" + took + " ms): forbidden connections made", "" + intruded, "0");
    evidence.is(
        what + ": broken of " + HELD + " open, segments lost, failed of " + made + " new",
        "%d, %d, %d".formatted(held.getOrDefault("lost", 1L), segments, failed),
        "0, 0, 0");
    assertEquals(0, intruded, what);
    assertEquals(0, held.getOrDefault("lost", 1L), what);
    assertEquals(0, segments, what);
    assertEquals(0, failed, what);
    assertTrue(made > 0, what);
  }

  private void roll() {
    long begun = System.nanoTime();
    cluster.run("--namespace=merlon", "rollout", "restart", "daemonset/merlon").succeeded();
    cluster.awaitRollout(Release.NAMESPACE, Release.NAME);
    long took = Duration.ofNanos(System.nanoTime() - begun).toMillis();
    evidence.is("rolling restart, per node", took / cluster.nodes().size() + " ms");
  }

  private void deleteAgent() {
    String old = release.agent(node(1));
    cluster.run("--namespace=merlon", "delete", old, "--wait=true").succeeded();
    Await.seldom(
        "another agent",
        PATIENCE,
        () -> !release.agent(node(1)).isEmpty() && !release.agent(node(1)).contains(old));
    cluster.awaitRollout(Release.NAMESPACE, Release.NAME);
    assertNotEquals(old, release.agent(node(1)));
  }

  private void killAgent() {
    int before = restarts();
    try (NodeProbe probe = NodeProbe.start(cluster, node(1))) {
      String container =
          cluster.get(
              Release.NAMESPACE,
              release.agent(node(1)),
              "{.status.containerStatuses[0].containerID}");
      probe.kill(container.substring(container.lastIndexOf('/') + 1));
    }
    Await.seldom("the container is started again", PATIENCE, () -> restarts() > before);
    cluster.awaitRollout(Release.NAMESPACE, Release.NAME);
  }

  private int restarts() {
    return Integer.parseInt(
        cluster.get(
            Release.NAMESPACE,
            release.agent(node(1)),
            "{.status.containerStatuses[0].restartCount}"));
  }

  private void outage(ClusterControl control) {
    control.act("api-server", "stop");
    long begun = System.nanoTime();
    Await.seldom(
        "the outage is over", AWAY.plus(SOON), () -> System.nanoTime() - begun > AWAY.toNanos());
    control.act("api-server", "start");
    Await.seldom(
        "the API server answers",
        PATIENCE,
        () -> cluster.run("get", "--raw", "/readyz").exit() == 0);
  }

  /** After all that the agents still follow: the next policy cuts what was allowed. */
  private void aNewPolicyIsEnforced() {
    long begun = System.currentTimeMillis();
    cluster.apply(
        Mission.policy(
            "calm", "holders", "podSelector: {matchLabels: {app: server}}, ingress: []"));
    long cut = awaitSilence(holder, Duration.ofSeconds(3)) - begun;
    evidence.is("then a policy that forbids: open connections cut after", cut + " ms");
  }
}
