package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Agents and what they live on go away and come back; packets are judged as before. */
class UpsetsOnCluster extends OnCluster {
  private static final int HELD = 50;
  private static final String KILLED = "OOMKilled";
  private static final Duration AWAY =
      Duration.ofSeconds(Integer.getInteger("merlon.api.away", 180));

  /** Whose agent and programs forbid what is forbidden: what enters the server. */
  private final String enforcing = node(0);

  private final ClusterPods.Spec server =
      new ClusterPods.Spec("calm", "server", "app: server", enforcing);
  private final ClusterPods.Spec holder =
      new ClusterPods.Spec("calm", "holder", "app: holder", node(1));
  private final ClusterPods.Spec opener =
      new ClusterPods.Spec("calm", "opener", "app: holder", node(1));
  private final ClusterPods.Spec trespasser =
      new ClusterPods.Spec("calm", "intruder", "app: intruder", node(1));

  /** What there was before the first upset: what is lost between two upsets counts, too. */
  private Broken before = Broken.NOTHING;

  private long arrivedBefore;

  UpsetsOnCluster() {
    super(5, "restarts, kills, outages");
  }

  @Test
  void neverLoosenEnforcementNorBreakTraffic() {
    release.install("mode=enforce");
    Intruder intruder = converse();
    during("rolling restart of the DaemonSet", intruder, this::roll);
    during("upgrade to other settings and sizes of maps", intruder, this::upgrade);
    during("agent's pod deleted where the server is", intruder, this::deleteAgent);
    during("agent killed with SIGKILL", intruder, this::killAgent);
    during("agent killed for memory", intruder, this::starveAgent);
    Optional<ClusterControl> control = ClusterControl.here();
    if (control.isEmpty()) {
      evidence.is("kubelet, containerd, API server", "not tried: CLUSTER_CONTROL names no command");
    } else {
      theRest(intruder, control.get());
    }
    aNewPolicyIsEnforced();
    nothingIsForbiddenAnyMore(intruder);
  }

  private void theRest(Intruder intruder, ClusterControl control) {
    during(
        "kubelets restarted",
        intruder,
        () -> cluster.nodes().forEach(node -> control.act("kubelet", node)));
    during(
        "containerds restarted",
        intruder,
        () -> cluster.nodes().forEach(node -> control.act("containerd", node)));
    during("etcd compacted", intruder, () -> control.act("compact"));
    during(
        "API server stopped for %d s, etcd compacted, and started".formatted(AWAY.toSeconds()),
        intruder,
        () -> outage(control));
  }

  private Intruder converse() {
    pods.namespace("calm");
    pods.start(server, "serve", "8080");
    Intruder intruder = Intruder.start(pods, trespasser, server, 8080);
    evidence.is("the intruder before there is a policy: arrived", "" + intruder.awaitThrough());
    cluster.apply(
        Mission.policy(
            "calm",
            "holders",
            "podSelector: {matchLabels: {app: server}}, ingress: [{from: [{podSelector: {matchLabels: {app: holder}}}]}]"));
    intruder.awaitStopped();
    Await.seldom("what the policy cut midway is given up", PATIENCE, () -> pods.isCalm(server));
    pods.start(holder, "hold", "50", "" + HELD, pods.address(server, false), "8080");
    awaitOpen(holder, HELD);
    pods.start(opener, "try", "20", pods.address(server, true), "8080");
    awaitAnswer(opener, 0);
    before = broken();
    arrivedBefore = intruder.allArrived();
    return intruder;
  }

  private Broken broken() {
    return Broken.so(pods, holder, opener, server, trespasser);
  }

  private void during(String what, Intruder intruder, Runnable upset) {
    long madeBefore = pods.said(opener, "made");
    Map<String, Long> sentBefore = intruder.sent();
    long begun = System.nanoTime();
    upset.run();
    long took = Duration.ofNanos(System.nanoTime() - begun).toMillis();
    cluster.awaitRollout(Release.NAMESPACE, Release.NAME);
    // What an upset broke shows in what is answered after it.
    awaitAnswer(opener, System.currentTimeMillis());
    awaitAllAnswered(System.currentTimeMillis());
    Map<String, Long> sent = Intruder.since(sentBefore, intruder.sent());
    long arrived = intruder.allArrived() - arrivedBefore;
    Broken broken = broken().since(before);
    long made = pods.said(opener, "made") - madeBefore;
    evidence.is(
        "%s (%d ms): forbidden that arrived so far; sent meanwhile %s".formatted(what, took, sent),
        "" + arrived,
        "0");
    evidence.is(
        "%s: broken of %d open, segments lost, SYNs sent again, new connections failed (%d made), pods restarted, so far"
            .formatted(what, HELD, made),
        broken.toString(),
        "0, 0, 0, 0, 0");
    if (!broken.equals(Broken.NOTHING)) {
      tellResendings();
    }
    assertTrue(Intruder.isEachWay(sent), what + ": the intruder sent " + sent);
    assertEquals(0, arrived, what);
    assertEquals(Broken.NOTHING, broken, what);
    assertTrue(made > 0, what);
  }

  private void tellResendings() {
    for (ClusterPods.Spec pod : List.of(holder, opener, server)) {
      System.out.println(pods.resendings(pod));
    }
  }

  /** Each of the connections held is answered after that moment. */
  private void awaitAllAnswered(long after) {
    Await.seldom(
        "all " + HELD + " are answered", PATIENCE, () -> pods.said(holder, "oldest") > after);
  }

  private void roll() {
    replaceAll(
        "rolling restart",
        () ->
            cluster
                .run("--namespace=merlon", "rollout", "restart", "daemonset/merlon")
                .succeeded());
  }

  /** Maps of another size are other maps: what the old ones hold goes over, and what is open. */
  private void upgrade() {
    replaceAll(
        "upgrade", () -> release.install("mode=enforce", "map-flows=65536", "map-addresses=32768"));
    assertTrue(
        release
            .page(enforcing, "/metrics")
            .contains("merlon_map_capacity{map=\"addresses4\"} 32768"),
        "the agent runs with other sizes");
  }

  private void replaceAll(String what, Runnable how) {
    try (Replacements replacements = Replacements.begin()) {
      how.run();
      cluster.awaitRollout(Release.NAMESPACE, Release.NAME);
      Map<String, Long> millis = replacements.millis();
      Await.seldom("each node's next agent", SOON, () -> millis.size() == cluster.nodes().size());
      evidence.is(
          what + ", of each node: old agent told to go -> next one ready, ms",
          "" + new TreeMap<>(millis));
    }
  }

  private void deleteAgent() {
    String old = release.agent(enforcing);
    cluster.run("--namespace=merlon", "delete", old, "--wait=true").succeeded();
    Await.seldom(
        "another agent",
        PATIENCE,
        () -> !release.agent(enforcing).isEmpty() && !release.agent(enforcing).contains(old));
    cluster.awaitRollout(Release.NAMESPACE, Release.NAME);
    assertNotEquals(old, release.agent(enforcing));
  }

  private void killAgent() {
    new AgentEnd(release, enforcing).bySignal();
    cluster.awaitRollout(Release.NAMESPACE, Release.NAME);
  }

  private void starveAgent() {
    AgentEnd end = new AgentEnd(release, enforcing);
    long limit = end.forMemory();
    cluster.awaitRollout(Release.NAMESPACE, Release.NAME);
    evidence.is(
        "limit of the agent's memory lowered to %d MiB: the container ended as"
            .formatted(limit >> 20),
        end.reason(),
        KILLED);
    assertEquals(KILLED, end.reason());
  }

  private void outage(ClusterControl control) {
    control.act("api-server", "stop");
    try {
      long begun = System.nanoTime();
      Await.seldom(
          "the outage is over", AWAY.plus(SOON), () -> System.nanoTime() - begun > AWAY.toNanos());
      // What agents know of last is not told any more: they must list.
      control.act("compact");
    } finally {
      control.act("api-server", "start");
    }
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
    evidence.is(
        "then a policy that forbids, kube-proxy having to hear of the server first: open connections cut after",
        cut + " ms");
  }

  /** The intruder still tries, and its arrival is still seen. */
  private void nothingIsForbiddenAnyMore(Intruder intruder) {
    cluster.apply(
        Mission.policy(
            "calm", "holders", "podSelector: {matchLabels: {app: server}}, ingress: [{}]"));
    evidence.is("the intruder under a policy that allows: arrived", "" + intruder.awaitThrough());
    evidence.is(
        "longest time it did not send in, of all that", intruder.longestPauseMillis() + " ms");
  }
}
