package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * A node's kubelet ends and the cluster forgets the node, while all that runs on it goes on; then
 * it joins again. Who stays is not disturbed, and what is new on the node is enforced from its
 * first packet.
 */
class RejoinOnCluster extends OnCluster {
  private static final int HELD = 50;
  private static final int ATTEMPTS = 10;
  private static final String ROOM = "members";

  private final String stays = node(0);
  private final String leaves = node(1);
  private final ClusterPods.Spec server = pod("server", "app: server", stays);
  private final ClusterPods.Spec holder = pod("holder", "app: holder", stays);
  private final ClusterPods.Spec opener = pod("opener", "app: holder", stays);
  private final ClusterPods.Spec near = pod("near", "app: intruder", stays);
  private final ClusterPods.Spec far = pod("far", "app: intruder", leaves);
  private final ClusterPods.Spec newcomer = pod("newcomer", "app: server", leaves);
  private final ClusterPods.Spec visitor = pod("visitor", "app: holder", stays);
  private final ClusterPods.Spec forgotten = pod("forgotten", "app: server", leaves);
  private final ClusterPods.Spec asker = pod("asker", "app: intruder", stays);
  private final ClusterPods.Spec trespasser = pod("trespasser", "app: intruder", stays);

  RejoinOnCluster() {
    super(13, "a node removed and joined again");
  }

  private static ClusterPods.Spec pod(String name, String labels, String node) {
    return new ClusterPods.Spec(ROOM, name, labels, node);
  }

  @Test
  void whoStaysIsNotDisturbedAndWhatIsNewIsEnforced() {
    Optional<ClusterControl> control = ClusterControl.here();
    if (control.isEmpty() || cluster.nodes().size() == 1) {
      evidence.is(
          "a node that leaves", "not tried: it takes CLUSTER_CONTROL's command, and two nodes");
    }
    assumeTrue(control.isPresent(), "CLUSTER_CONTROL names no command");
    assumeTrue(cluster.nodes().size() > 1, "of one node none can leave");
    release.install("mode=enforce");
    pods.namespace(ROOM);
    pods.start(forgotten, "serve", "8080");
    pods.start(asker, "try", "50", pods.address(forgotten, false), "8080");
    awaitAnswer(asker, 0);
    permit("{from: [{podSelector: {matchLabels: {app: holder}}}]}");
    pods.start(server, "serve", "8080");
    Intruder local = Intruder.start(pods, near, server, 8080);
    Intruder remote = Intruder.start(pods, far, server, 8080);
    pods.start(holder, "hold", "50", "" + HELD, pods.address(server, false), "8080");
    awaitOpen(holder, HELD);
    pods.start(opener, "try", "20", pods.address(server, true), "8080");
    awaitAnswer(opener, 0);
    assertTrue(Intruder.isEachWay(remote.sent()), "the other node's intruder sends");
    awaitSilence(asker, SILENT);
    Broken before = broken();
    Map<String, Long> sent = local.sent();
    try {
      leave(control.get());
    } finally {
      join(control.get());
    }
    newcomersAreEnforced();
    assertTrue(Intruder.isEachWay(Intruder.since(sent, local.sent())));
    staysUndisturbed(local, remote, before);
    permit("{}");
    evidence.is("the intruder under a policy that allows: arrived", "" + local.awaitThrough());
  }

  private void permit(String ingress) {
    cluster.apply(
        Mission.policy(
            ROOM,
            "holders",
            "podSelector: {matchLabels: {app: server}}, ingress: [%s]".formatted(ingress)));
  }

  private void leave(ClusterControl control) {
    long begun = System.nanoTime();
    control.act("node", "leave", leaves);
    Await.seldom("the cluster forgets its pods", PATIENCE, () -> podsOf(leaves).isEmpty());
    long gone = System.currentTimeMillis();
    evidence.is(
        "kubelet ended -> node and its pods forgotten",
        Duration.ofNanos(System.nanoTime() - begun).toMillis() + " ms");
    awaitAnswer(opener, gone);
    nobodyReachesWhatIsForgotten(pods.said(asker));
  }

  /** It runs on, and so does its node's agent, of whom the cluster knows nothing any more. */
  private void nobodyReachesWhatIsForgotten(Map<String, Long> before) {
    Await.seldom(
        "some attempts at a pod that is forgotten",
        PATIENCE,
        () -> pods.said(asker, "failed") > before.getOrDefault("failed", 0L) + ATTEMPTS);
    long made = pods.said(asker, "made") - before.getOrDefault("made", 0L);
    evidence.is(
        "forbidden connections to a pod of the node that left, of %d tried since it was forgotten"
            .formatted(pods.said(asker, "failed") - before.getOrDefault("failed", 0L)),
        "" + made,
        "0");
    assertEquals(0, made);
  }

  private String podsOf(String node) {
    return cluster
        .run("get", "pods", "--all-namespaces", "--field-selector=spec.nodeName=" + node, "-o=name")
        .succeeded()
        .strip();
  }

  private void join(ClusterControl control) {
    long begun = System.nanoTime();
    control.act("node", "join", leaves);
    Await.seldom(
        "an agent on the node that joined", PATIENCE, () -> !release.agent(leaves).isEmpty());
    cluster.awaitRollout(Release.NAMESPACE, Release.NAME);
    evidence.is(
        "kubelet begun -> its agent ready",
        Duration.ofNanos(System.nanoTime() - begun).toMillis() + " ms");
  }

  private void newcomersAreEnforced() {
    pods.start(newcomer, "serve", "8080");
    Intruder intruder = Intruder.start(pods, trespasser, newcomer, 8080);
    pods.start(visitor, "try", "20", pods.address(newcomer, true), "8080");
    // What it tries before it is Ready, and the other node's agent has heard of it, may fail.
    long first = awaitAnswer(visitor, 0);
    long early = pods.said(visitor, "failed");
    Await.seldom(
        "the visitor is answered for seconds",
        PATIENCE,
        () -> pods.said(visitor, "latest") > first + SILENT.toMillis());
    Map<String, Long> sent = intruder.sent();
    evidence.is(
        "forbidden that arrived at a pod new on it; sent " + sent, "" + intruder.allArrived(), "0");
    evidence.is(
        "allowed connections to it that failed after the first answer, of "
            + pods.said(visitor, "made"),
        "" + (pods.said(visitor, "failed") - early),
        "0");
    assertTrue(Intruder.isEachWay(sent), "the intruder sent " + sent);
    assertEquals(0, intruder.allArrived());
    assertEquals(early, pods.said(visitor, "failed"));
  }

  private Broken broken() {
    return Broken.so(pods, holder, opener, server, near);
  }

  private void staysUndisturbed(Intruder local, Intruder remote, Broken before) {
    long arrived = local.allArrived() + remote.allArrived();
    evidence.is(
        "forbidden that arrived at the pod that stays, from its node and the other",
        "" + arrived,
        "0");
    Broken broken = broken().since(before);
    evidence.is(
        "on the node that stays, broken of %d open, segments lost, SYNs sent again, new connections failed (%d made), pods restarted"
            .formatted(HELD, pods.said(opener, "made")),
        broken.toString(),
        "0, 0, 0, 0, 0");
    assertEquals(0, arrived);
    assertEquals(Broken.NOTHING, broken);
  }
}
