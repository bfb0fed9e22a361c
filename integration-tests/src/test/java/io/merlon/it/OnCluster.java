package io.merlon.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/**
 * A scenario of {@code make test-cluster}: it has the cluster KUBECONFIG leads to for itself,
 * installs Merlon when it likes and leaves nothing. No build runs these by itself: their names end
 * in {@code OnCluster}.
 */
abstract class OnCluster {
  static final Duration SOON = Duration.ofSeconds(20);
  static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Longer than an attempt and its pause: who was not answered for so long is not any more. */
  static final Duration SILENT = Duration.ofMillis(2_500);

  final Kubectl cluster;
  final Release release;
  final ClusterPods pods;
  final Evidence evidence;

  OnCluster(int order, String scenario) {
    Optional<Kubectl> there = Kubectl.here();
    if (there.isEmpty()) {
      System.out.println(scenario + " was not tried: KUBECONFIG leads to no cluster with nodes");
    }
    assumeTrue(there.isPresent());
    cluster = there.orElseThrow();
    release = Release.on(cluster);
    release.mustNotBeThere();
    // Fails for a cluster of one family, and says so.
    NodeProbe.address(cluster, node(0), false);
    NodeProbe.address(cluster, node(0), true);
    pods = new ClusterPods(cluster);
    evidence = new Evidence(order, scenario);
  }

  @AfterEach
  void takeAway() {
    try {
      release.takeAway();
    } finally {
      pods.stop();
    }
  }

  /** The next node, where there are more than one. */
  String node(int index) {
    return cluster.node(index);
  }

  /** All connections of a pod that holds some are made and answered. */
  void awaitOpen(ClusterPods.Spec holder, int count) {
    Await.seldom(
        holder.name() + " holds " + count, PATIENCE, () -> pods.said(holder, "open") == count);
  }

  /** What was answered when: once nothing was for so long, the time of the last answer. */
  long awaitSilence(ClusterPods.Spec holder, Duration silent) {
    long[] latest = {0};
    Await.seldom(
        holder.name() + " gets no more answers",
        PATIENCE,
        () -> {
          latest[0] = pods.said(holder, "latest");
          return latest[0] > 0 && System.currentTimeMillis() - latest[0] > silent.toMillis();
        });
    return latest[0];
  }

  /** The time of an answer after that moment: of the first one, if there were none before. */
  long awaitAnswer(ClusterPods.Spec holder, long after) {
    long[] latest = {0};
    Await.seldom(
        holder.name() + " is answered again",
        PATIENCE,
        () -> {
          Map<String, Long> said = pods.said(holder);
          latest[0] = said.getOrDefault("since", 0L);
          if (latest[0] <= after) {
            latest[0] = said.getOrDefault("latest", 0L);
          }
          return latest[0] > after;
        });
    return latest[0];
  }
}
