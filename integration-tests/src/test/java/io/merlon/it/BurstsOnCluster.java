package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.it.MisbehavingPod.Attempt;
import io.merlon.it.MisbehavingPod.Sent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pods that misbehave from their first instruction on, many at a time. */
class BurstsOnCluster extends OnCluster {
  private static final int BURSTS = Integer.getInteger("merlon.bursts", 12);
  private static final int PODS = 25;

  /** Attempts after Ready, of each pod and family: the API server's times are whole seconds. */
  private static final int AT_LEAST = MisbehavingPod.ATTEMPTS / 2;

  private final ClusterPods.Spec forbidden =
      new ClusterPods.Spec("targets", "forbidden", "app: forbidden", node(0));
  private final ClusterPods.Spec welcome =
      new ClusterPods.Spec("targets", "welcome", "app: welcome", node(1));
  private final List<Attempt> attempts = new ArrayList<>();
  private Sent sent = Sent.NOTHING;

  BurstsOnCluster() {
    super(2, "bursts of new pods");
  }

  @Test
  void noForbiddenPacketPassesAndNoAllowedConnectionIsLost() {
    release.install("mode=enforce");
    pods.namespace("targets");
    pods.namespace("bursts");
    pods.namespace("free");
    pods.start(forbidden, "serve", "9000");
    pods.start(welcome, "serve", "8080");
    MisbehavingPods misbehaving =
        new MisbehavingPods(
            cluster, new MisbehavingPod.Targets(addresses(forbidden), addresses(welcome)));
    cluster.apply(
        Mission.policy(
            "bursts",
            "only-welcome",
            "podSelector: {}, policyTypes: [Ingress, Egress], egress: [{to: [{namespaceSelector: {}, podSelector: {matchLabels: {app: welcome}}}]}]"));
    ArmingTimes times = ArmingTimes.lookFrom("targets", pods, "bursts");
    counterProof("before", misbehaving);
    int seen = pods.arrivals(forbidden).size();
    List<String> agents = cluster.nodes().stream().map(release::agent).toList();
    List<Long> before = usage();
    long begun = System.nanoTime();
    for (int burst = 0; burst < BURSTS; burst++) {
      play(burst, misbehaving, times);
    }
    List<Long> after = usage();
    long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
    List<String> came = pods.arrivals(forbidden);
    came = came.subList(seen, came.size());
    tell(came);
    tellTimes(times.millis());
    for (int i = 0; i < cluster.nodes().size(); i++) {
      evidence.is(
          "agent of %s in the churn of %d s: highest RSS since its start, processor in the churn"
              .formatted(node(i), seconds),
          "%d MiB, %d ms"
              .formatted(release.highestMebibytes(node(i)), after.get(i) - before.get(i)));
    }
    assertEquals(agents, cluster.nodes().stream().map(release::agent).toList(), "the same agents");
    counterProof("after", misbehaving);
    assertEquals(List.of(), came);
    assertEquals(0, pods.restarts(forbidden, welcome), "pods restarted");
    assertEquals(0, attempts.stream().filter(attempt -> !attempt.made()).count());
    assertEquals(0, attempts.stream().mapToLong(Attempt::synsResent).sum());
  }

  private List<String> addresses(ClusterPods.Spec pod) {
    return List.of(pods.address(pod, false), pods.address(pod, true));
  }

  private List<Long> usage() {
    return cluster.nodes().stream().map(release::processorMillis).toList();
  }

  private void tell(List<String> came) {
    evidence.is("pods created, in bursts of " + PODS, "" + BURSTS * PODS);
    evidence.is(
        "forbidden that arrived, of %d datagrams by IPv4, %d by IPv6, %d connections begun by IPv4, %d by IPv6, as counted where they were sent"
            .formatted(sent.udp4(), sent.udp6(), sent.tcp4(), sent.tcp6()),
        "" + came.size(),
        "0");
    long six = attempts.stream().filter(Attempt::six).count();
    evidence.is(
        "allowed connections failed after Ready, of %d by IPv4 and %d by IPv6, at least %d of each pod and family"
            .formatted(attempts.size() - six, six, AT_LEAST),
        "" + attempts.stream().filter(attempt -> !attempt.made()).count(),
        "0");
    evidence.is(
        "SYNs of these sent again",
        "" + attempts.stream().mapToLong(Attempt::synsResent).sum(),
        "0");
    evidence.is(
        "made, but not within a second, though no SYN was sent again: no processor to be had",
        "" + attempts.stream().filter(Attempt::isLate).count());
  }

  private void tellTimes(List<Long> millis) {
    // Those that are missing would be the slowest.
    assertEquals(BURSTS * PODS, millis.size(), "of so many enforcement was seen to begin");
    evidence.is(
        "pod scheduled -> attached, and enforced as told, of %d pods, looked at every %d ms"
            .formatted(millis.size(), ArmingTimes.INTERVAL_MILLIS),
        "p50 %d ms, p99 %d ms"
            .formatted(millis.get(millis.size() / 2), millis.get(millis.size() * 99 / 100)));
  }

  private void play(int burst, MisbehavingPods misbehaving, ArmingTimes times) {
    List<MisbehavingPod> all = new ArrayList<>();
    for (int i = 0; i < PODS; i++) {
      all.add(new MisbehavingPod("bursts", "burst-%d-%d".formatted(burst, i), "burst: b" + burst));
    }
    misbehaving.run(all).forEach(this::count);
    times.remember();
    misbehaving.delete(all.getFirst());
  }

  private void count(MisbehavingPods.Ended pod) {
    sent = sent.plus(pod.told().sent());
    // Times of the API server are whole seconds, rounded down.
    List<Attempt> ready =
        pod.told().attempts().stream()
            .filter(attempt -> attempt.begun() >= pod.begun().getEpochSecond() + 1)
            .toList();
    long six = ready.stream().filter(Attempt::six).count();
    assertTrue(
        six >= AT_LEAST && ready.size() - six >= AT_LEAST,
        "of %s, begun %s, only %d attempts after Ready"
            .formatted(pod.name(), pod.begun(), ready.size()));
    ready.stream()
        .filter(attempt -> !attempt.made() || attempt.synsResent() > 0)
        .forEach(attempt -> System.out.println(pod.name() + " " + pod.begun() + " " + attempt));
    attempts.addAll(ready);
  }

  /** What the program sends arrives and is seen, if nobody forbids it. */
  private void counterProof(String when, MisbehavingPods misbehaving) {
    List<String> earlier = pods.arrivals(forbidden);
    Sent told =
        misbehaving
            .run(List.of(new MisbehavingPod("free", "free-" + when, "free: " + when)))
            .getFirst()
            .told()
            .sent();
    int[] seen = {-1};
    Await.seldom(
        "nothing of it is under way any more",
        SOON,
        () -> {
          int before = seen[0];
          seen[0] = pods.arrivals(forbidden).size();
          return seen[0] == before;
        });
    List<String> came = pods.arrivals(forbidden).subList(earlier.size(), seen[0]);
    Sent arrived =
        new Sent(
            count(came, "udp", false),
            count(came, "udp", true),
            count(came, "tcp", false),
            count(came, "tcp", true));
    evidence.is(
        "the same program "
            + when
            + " the bursts from where nothing is forbidden: arrived, of "
            + told.all(),
        "" + arrived.all());
    assertTrue(
        arrived.udp4() > 0 && arrived.udp6() > 0 && arrived.tcp4() > 0 && arrived.tcp6() > 0,
        "sent " + told + ", arrived " + arrived);
  }

  private static long count(List<String> came, String protocol, boolean six) {
    return came.stream()
        .filter(line -> line.startsWith(protocol + " ") && line.contains(":") == six)
        .count();
  }
}
