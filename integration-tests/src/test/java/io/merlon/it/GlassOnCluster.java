package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Enforcement is taken back for a time, by those who may, and comes back by itself. */
class GlassOnCluster extends OnCluster {
  private static final int SECONDS = 15;
  private static final int LIMIT = 2_000;
  private static final String BUDGET = "1000 ms and an attempt's 1000";
  private static final String ROLES =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata: {name: merlon-test-modes}
      rules: [{apiGroups: [""], resources: [namespaces], resourceNames: [glass], verbs: [get, patch]}]
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRoleBinding
      metadata: {name: merlon-test-modes}
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: merlon-test-modes}
      subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: operator}]
      """;

  private final ClusterPods.Spec server =
      new ClusterPods.Spec("glass", "server", "app: server", node(0));
  private final ClusterPods.Spec intruder =
      new ClusterPods.Spec("glass", "intruder", "app: intruder", node(1));

  GlassOnCluster() {
    super(6, "break-glass and modes");
  }

  @AfterEach
  void forget() {
    cluster.delete(ROLES);
  }

  @Test
  void opensForATimeForThoseWhoMay() {
    release.install("mode=enforce");
    cluster.forgetEvents("GlassBroken");
    pods.namespace("glass");
    cluster.apply(
        Mission.policy(
            "glass", "closed", "podSelector: {matchLabels: {app: server}}, ingress: []"));
    pods.start(server, "serve", "8080");
    pods.start(intruder, "try", "50", pods.address(server, false), "8080");
    Await.seldom("it is refused", SOON, () -> pods.said(intruder, "failed") > 1);
    assertClosed();

    byCommand();
    byAnnotation();
    annotate("admin", "merlon.io/break-glass=" + Instant.now().plusSeconds(3600)).succeeded();
    assertClosed();
    Await.seldom("an Event tells of it", SOON, () -> cluster.isTold("GlassBroken"));
    modesByWhoMay();
  }

  /** On the server's node alone, and without the API server's help. */
  private void byCommand() {
    long asked = System.currentTimeMillis();
    release
        .merlon(
            node(0),
            "break-glass",
            "--namespace=glass",
            "--for=" + SECONDS + "s",
            "--reason=a test")
        .succeeded();
    long broken = System.currentTimeMillis();
    long opened = awaitAnswer(intruder, asked);
    evidence.within(
        "glass broken by command, open after it returned",
        Math.max(opened - broken, 0),
        LIMIT,
        BUDGET);
    // The time begins while the command runs.
    whole(asked + 1_000L * SECONDS, broken + 1_000L * SECONDS);
  }

  private void byAnnotation() {
    Instant end = Instant.now().plusSeconds(SECONDS).truncatedTo(ChronoUnit.SECONDS);
    long asked = System.currentTimeMillis();
    annotate("admin", "merlon.io/break-glass=" + end + " a test").succeeded();
    evidence.within(
        "glass broken by annotation, open after",
        awaitAnswer(intruder, asked) - asked,
        LIMIT,
        BUDGET);
    whole(end.toEpochMilli(), end.toEpochMilli());
  }

  private void whole(long earliest, long latest) {
    long last = awaitSilence(intruder, SILENT);
    evidence.is(
        "whole again by itself, after its time", Math.max(last - latest, 0) + " ms", "1000 ms");
    assertTrue(last > earliest - 2_000, "%d ms too early".formatted(earliest - last));
    assertTrue(last < latest + 1_000, "%d ms too late".formatted(last - latest));
  }

  private void modesByWhoMay() {
    cluster.apply(ROLES);
    Command refused = annotate("guest", "merlon.io/mode=observe");
    assertNotEquals(0, refused.exit());
    assertTrue(refused.output().contains("orbidden"), refused.output());
    assertClosed();
    evidence.is(
        "mode annotated by one who may not patch the namespace", "refused by RBAC", "refused");
    long asked = System.currentTimeMillis();
    annotate("operator", "merlon.io/mode=audit").succeeded();
    evidence.within(
        "mode audit annotated by one who may, open after",
        awaitAnswer(intruder, asked) - asked,
        LIMIT,
        BUDGET);
    long back = System.currentTimeMillis();
    annotate("operator", "merlon.io/mode=enforce").succeeded();
    evidence.within(
        "mode enforce annotated, closed after",
        Math.max(awaitSilence(intruder, SILENT) - back, 0),
        1_000,
        "1000 ms");
  }

  /** Several attempts fail, and none is made meanwhile. */
  private void assertClosed() {
    long made = pods.said(intruder, "made");
    long failed = pods.said(intruder, "failed");
    Await.seldom("further attempts", SOON, () -> pods.said(intruder, "failed") > failed + 2);
    assertTrue(pods.said(intruder, "made") == made, "a connection was made");
  }

  private Command annotate(String user, String annotation) {
    return cluster.run(
        "annotate",
        "namespace",
        "glass",
        "--overwrite",
        annotation,
        "--as=" + user,
        "--as-group=" + (user.equals("admin") ? "system:masters" : "testers"));
  }
}
