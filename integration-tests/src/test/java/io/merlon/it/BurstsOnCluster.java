package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Pods that misbehave from their first instruction on, many at a time. */
class BurstsOnCluster extends OnCluster {
  private static final int BURSTS = Integer.getInteger("merlon.bursts", 12);
  private static final int PODS = 25;
  private static final Pattern ATTEMPT = Pattern.compile("\\S+ (made|failed) [0-9.]+ [0-9.]+");

  /** At once to whom it may not, in both families, then for seconds to whom it may. */
  private static final String MISBEHAVE =
      """
      (echo x >/dev/tcp/$F4/9000) 2>/dev/null &
      (echo x >/dev/tcp/$F6/9000) 2>/dev/null &
      for i in {1..100}; do echo x >/dev/udp/$F4/9000; echo x >/dev/udp/$F6/9000; done
      for i in {1..40}; do
        begun=$EPOCHREALTIME
        if (exec 3<>/dev/tcp/$A4/8080) 2>/dev/null; then echo "made $begun $EPOCHREALTIME"; else echo "failed $begun $EPOCHREALTIME"; fi
        echo x >/dev/udp/$F4/9000; sleep 0.1
      done
      kill $(jobs -p)
      """;

  private final ClusterPods.Spec forbidden =
      new ClusterPods.Spec("targets", "forbidden", "app: forbidden", node(0));
  private final ClusterPods.Spec welcome =
      new ClusterPods.Spec("targets", "welcome", "app: welcome", node(1));
  private final ArmingTimes times = new ArmingTimes(release, "bursts");
  private final List<String> targets = new ArrayList<>();
  private long attempts;
  private long failed;
  private long late;

  BurstsOnCluster() {
    super(2, "bursts of new pods");
  }

  @Test
  void noForbiddenPacketPassesAndNoAllowedConnectionIsLost() {
    release.install("mode=enforce", "log-level=debug");
    pods.namespace("targets");
    pods.namespace("bursts");
    pods.start(forbidden, "serve", "9000");
    pods.start(welcome, "serve", "8080");
    cluster.apply(
        Mission.policy(
            "bursts",
            "only-welcome",
            "podSelector: {}, policyTypes: [Ingress, Egress], egress: [{to: [{namespaceSelector: {}, podSelector: {matchLabels: {app: welcome}}}]}]"));
    targets.addAll(
        List.of(
            pods.address(forbidden, false),
            pods.address(forbidden, true),
            pods.address(welcome, false)));
    List<Long> before = usage();
    for (int burst = 0; burst < BURSTS; burst++) {
      play(burst);
    }
    int all = BURSTS * PODS;
    List<String> came = pods.arrivals(forbidden);
    evidence.is("pods created, in bursts of " + PODS, "" + all);
    evidence.is(
        "forbidden packets and connections that arrived, of " + all * 242L + " sent",
        "" + came.size(),
        "0");
    evidence.is("allowed connections failed after Ready, of " + attempts, "" + failed, "0");
    evidence.is("made, but not within a second: resent, or no processor to be had", "" + late);
    evidence.is("pod scheduled -> interface there and enforced", times.tell());
    List<Long> after = usage();
    for (int i = 0; i < cluster.nodes().size(); i++) {
      evidence.is(
          "agent of " + node(i) + " during the churn: RSS, processor",
          release.residentMebibytes(node(i)) + " MiB, " + (after.get(i) - before.get(i)) + " ms",
          "");
    }
    counterProof();
    assertEquals(List.of(), came);
    assertEquals(0, failed);
    assertTrue(attempts > 20L * all, "attempts after Ready: " + attempts);
  }

  private List<Long> usage() {
    return cluster.nodes().stream().map(release::processorMillis).toList();
  }

  private void play(int burst) {
    StringBuilder manifests = new StringBuilder();
    for (int i = 0; i < PODS; i++) {
      manifests.append(pod("burst-%d-%d".formatted(burst, i), burst));
    }
    cluster.apply(manifests.toString());
    String chosen = "--selector=burst=b" + burst;
    cluster
        .run(
            "--namespace=bursts",
            "wait",
            "--for=jsonpath={.status.phase}=Succeeded",
            "pods",
            chosen,
            "--timeout=180s")
        .succeeded();
    Map<String, Instant> ready = new HashMap<>();
    cluster
        .run(
            "--namespace=bursts",
            "get",
            "pods",
            chosen,
            "--output=jsonpath={range .items[*]}{.metadata.name} {.status.containerStatuses[0].state.terminated.startedAt}{\"\\n\"}{end}")
        .succeeded()
        .lines()
        .map(line -> line.split(" ", -1))
        .forEach(parts -> ready.put(parts[0], Instant.parse(parts[1])));
    assertEquals(PODS, ready.size());
    cluster
        .run("--namespace=bursts", "logs", chosen, "--tail=-1", "--prefix")
        .succeeded()
        .lines()
        .filter(line -> ATTEMPT.matcher(line).matches())
        .map(line -> line.split(" ", -1))
        .forEach(parts -> count(parts, ready));
    times.look();
    cluster
        .run("--namespace=bursts", "delete", "pods", chosen, "--wait=false", "--grace-period=0")
        .succeeded();
  }

  /**
   * A line of a pod: [pod/NAME/main] made|failed BEGUN ENDED; after Ready it must be made, and
   * soon.
   */
  private void count(String[] parts, Map<String, Instant> ready) {
    String pod = parts[0].split("/", -1)[1];
    double begun = Double.parseDouble(parts[2]);
    // Times of the API server are whole seconds, rounded down.
    if (begun >= ready.getOrDefault(pod, Instant.MAX).getEpochSecond() + 1) {
      attempts++;
      failed += parts[1].equals("failed") ? 1 : 0;
      late += Double.parseDouble(parts[3]) - begun >= 1 ? 1 : 0;
    }
  }

  /** What arrives is seen: a pod nobody isolates comes through. */
  private void counterProof() {
    ClusterPods.Spec free = new ClusterPods.Spec("targets", "free", "app: free", node(1));
    pods.start(free, "hold", "100", "1", pods.address(forbidden, false), "9000");
    awaitOpen(free, 1);
    String from = pods.address(free, false);
    Await.seldom("it is seen", SOON, () -> pods.came(forbidden, "tcp", from) == 1);
  }

  private String pod(String name, int burst) {
    return """
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: %s, namespace: bursts, labels: {burst: b%d}}
    spec:
      restartPolicy: Never
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 0
      containers:
      - name: main
        image: %s
        imagePullPolicy: IfNotPresent
        command: [/bin/bash, -c, %s]
        env:
        - {name: F4, value: "%s"}
        - {name: F6, value: "%s"}
        - {name: A4, value: "%s"}
    """
        .formatted(
            name,
            burst,
            Release.image(),
            '"' + MISBEHAVE.replace("\"", "\\\"").replace("\n", "\\n").replace("$(", "$$(") + '"',
            targets.get(0),
            targets.get(1),
            targets.get(2));
  }
}
