package io.merlon.it;

import static io.merlon.it.Payments.API;
import static io.merlon.it.Payments.FRONTEND;
import static io.merlon.it.Payments.INTRUDER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Enforcement is taken back for a time, by those who may, and comes back by itself. */
class GlassOnCluster extends OnCluster {
  private static final String ROLES =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata: {name: merlon-test-modes, labels: {merlon.io/test: scenario}}
      rules: [{apiGroups: [""], resources: [namespaces], resourceNames: [payments], verbs: [get, patch]}]
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRoleBinding
      metadata: {name: merlon-test-modes, labels: {merlon.io/test: scenario}}
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: merlon-test-modes}
      subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: operator}]
      """;

  private final Payments payments = Payments.on(cluster);

  GlassOnCluster() {
    super(6, "break-glass and modes");
  }

  @AfterEach
  void stop() {
    payments.stop();
    cluster.delete(ROLES);
  }

  @Test
  void breaksByCommandAndAnnotationAndIsWholeAgain() {
    payments.start();
    release.install("mode=enforce");
    assertFalse(payments.connects(INTRUDER, API));
    String node = payments.node(API);

    long begun = System.currentTimeMillis();
    release
        .merlon(node, "break-glass", "--namespace=payments", "--for=20s", "--reason=a test")
        .succeeded();
    openAndWhole("by command, for 20 s", begun, 20_000);

    Instant end = Instant.now().plusSeconds(20).truncatedTo(ChronoUnit.SECONDS);
    long annotated = System.currentTimeMillis();
    annotate("admin", "merlon.io/break-glass=" + end + " a test").succeeded();
    openAndWhole("by annotation, for 20 s", annotated, end.toEpochMilli() - annotated);

    annotate("admin", "merlon.io/break-glass=" + end.plusSeconds(3600)).succeeded();
    assertFalse(payments.connects(INTRUDER, API), "no reason, no break");
    assertTrue(
        cluster
            .run("get", "events", "--all-namespaces", "--output=custom-columns=R:.reason")
            .output()
            .contains("GlassBroken"));
    modesByWhoMay();
  }

  private void openAndWhole(String how, long begun, long millis) {
    Await.seldom("the glass is broken", SOON, () -> payments.connects(INTRUDER, API));
    evidence.is(
        how + ": open after",
        System.currentTimeMillis() - begun + " ms",
        "1000 ms and an attempt's 1000");
    Await.seldom("the glass is whole", PATIENCE, () -> !payments.connects(INTRUDER, API));
    long whole = System.currentTimeMillis() - begun;
    evidence.is(how + ": enforced again after", whole + " ms", millis + " ms and an attempt");
    assertTrue(whole >= millis - 1_000, "too soon: " + whole);
    assertTrue(whole < millis + 5_000, "too late: " + whole);
    assertTrue(payments.connects(FRONTEND, API));
  }

  private void modesByWhoMay() {
    cluster.apply(ROLES);
    Command refused = annotate("guest", "merlon.io/mode=observe");
    assertNotEquals(0, refused.exit());
    assertTrue(
        refused.output().contains("Forbidden") || refused.output().contains("forbidden"),
        refused.output());
    assertFalse(payments.connects(INTRUDER, API));
    assertEquals(0, annotate("operator", "merlon.io/mode=audit").exit());
    Await.seldom("the namespace is audited", SOON, () -> payments.connects(INTRUDER, API));
    assertEquals(0, annotate("operator", "merlon.io/mode=enforce").exit());
    Await.seldom("the namespace enforces", SOON, () -> !payments.connects(INTRUDER, API));
    evidence.is(
        "mode annotation by a user who may not patch the namespace", "refused by RBAC", "refused");
    evidence.is("mode annotation by one who may", "in force", "in force");
  }

  private Command annotate(String user, String annotation) {
    return cluster.run(
        "annotate",
        "namespace",
        "payments",
        "--overwrite",
        annotation,
        "--as=" + user,
        "--as-group=" + (user.equals("admin") ? "system:masters" : "testers"));
  }
}
