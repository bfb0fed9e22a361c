package io.merlon.it;

import static io.merlon.it.Payments.API;
import static io.merlon.it.Payments.DATABASE;
import static io.merlon.it.Payments.FRONTEND;
import static io.merlon.it.Payments.INTRUDER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The product on a cluster: image, DaemonSet and rights as the chart renders them, on real
 * kubelets. It needs the image on the nodes and cluster-admin.
 */
abstract class ProductOnCluster {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String CAPABILITIES = "000000c000001000"; // BPF, PERFMON, NET_ADMIN

  private final Kubectl cluster;
  private final Release release;
  private final Payments payments;

  ProductOnCluster(Kubectl cluster, Release release) {
    this.cluster = cluster;
    this.release = release;
    release.mustNotBeThere();
    payments = Payments.on(cluster);
  }

  @AfterEach
  void takeAway() {
    if (!release.left().isEmpty()) {
      System.out.println(logs());
    }
    try {
      release.takeAway();
    } finally {
      payments.stop();
    }
  }

  private String logs() {
    return cluster.run("--namespace=merlon", "get", "pods", "--output=wide").output()
        + cluster
            .run(
                "--namespace=merlon",
                "logs",
                "--selector=app.kubernetes.io/name=merlon",
                "--tail=40",
                "--all-containers")
            .output();
  }

  @Test
  void isInstalledIntoABusyClusterEnforcesAndLeavesNothing() {
    payments.start();
    Map<String, String> before = look();
    assertTrue(payments.connects(INTRUDER, API), "nobody enforces yet");

    long begun = System.nanoTime();
    release.install();
    System.out.printf(
        getClass().getSimpleName() + ": enforcing %d ms after kubectl apply%n", since(begun));
    release.tryForEks();
    assertTrue(payments.connects(INTRUDER, API), "observed, not enforced");
    payments.mode("audit");
    awaitStatus("payments-api audit attached");
    assertTrue(payments.connects(INTRUDER, API), "audited, not enforced");
    payments.mode("enforce");
    awaitStatus("payments-api enforce attached");
    enforcedAsWritten();
    hasWhatTheChartLists();

    replaceAgentWhileWatching(payments.node(API));
    enforcedAsWritten();
    assertEquals(0, payments.restarts());
    breakTheGlass();

    release.detach();
    assertTrue(payments.connects(INTRUDER, API), "nobody enforces any more");
    release.uninstall();
    assertEquals("", release.left());
    assertEquals(before, look());
  }

  private static long since(long begun) {
    return Duration.ofNanos(System.nanoTime() - begun).toMillis();
  }

  private Map<String, String> look() {
    Map<String, String> seen = new HashMap<>();
    for (String node : cluster.nodes()) {
      try (NodeProbe probe = NodeProbe.start(cluster, node)) {
        seen.put(node, probe.look());
      }
    }
    return seen;
  }

  private void enforcedAsWritten() {
    assertTrue(payments.connects(FRONTEND, API), "frontend -> payments-api");
    assertTrue(payments.connects(API, DATABASE), "payments-api -> database");
    assertFalse(payments.connects(INTRUDER, API), "intruder -> payments-api");
    assertFalse(payments.connects(FRONTEND, DATABASE), "frontend -> database");
    assertFalse(payments.connects(DATABASE, FRONTEND), "database -> frontend");
  }

  /** Some node's agent says so. */
  private void awaitStatus(String line) {
    Await.until(
        "status: " + line,
        SOON,
        () ->
            cluster.nodes().stream()
                .anyMatch(node -> release.merlon(node, "status").output().contains(line)));
  }

  private void hasWhatTheChartLists() {
    for (String node : cluster.nodes()) {
      Map<String, String> fields = release.status(node);
      assertEquals(CAPABILITIES, fields.get("CapPrm"), node);
      assertEquals(CAPABILITIES, fields.get("CapBnd"), node);
      assertEquals("1", fields.get("NoNewPrivs"), node);
      assertEquals("2", fields.get("Seccomp"), node);
      System.out.println(
          getClass().getSimpleName() + ": agent of " + node + " has RSS " + fields.get("VmRSS"));
    }
    String account = "--as=system:serviceaccount:merlon:merlon";
    for (String right :
        List.of("list pods", "watch networkpolicies", "create events.events.k8s.io")) {
      assertEquals("yes", can(account, right), right);
    }
    for (String right :
        List.of(
            "get secrets",
            "list secrets",
            "create pods",
            "delete pods",
            "patch nodes",
            "get pods")) {
      assertEquals("no", can(account, right), right);
    }
  }

  private String can(String account, String right) {
    String[] verb = right.split(" ", -1);
    return cluster
        .run("auth", "can-i", verb[0], verb[1], "--all-namespaces", account)
        .output()
        .strip()
        .lines()
        .reduce("", (_, last) -> last);
  }

  /** While an agent's pod is deleted and another one comes, packets are judged as before. */
  private void replaceAgentWhileWatching(String node) {
    String old = release.agent(node);
    cluster.run("--namespace=merlon", "delete", old, "--wait=false").succeeded();
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    int attempts = 0;
    do {
      assertFalse(payments.connects(INTRUDER, API), "while the agent is replaced");
      assertTrue(payments.connects(FRONTEND, API), "while the agent is replaced");
      attempts++;
      assertTrue(System.nanoTime() < end, "no new agent");
    } while (!isReplaced(node, old));
    cluster.awaitRollout(Release.NAMESPACE, Release.NAME);
    assertNotEquals(old, release.agent(node));
    System.out.println(
        getClass().getSimpleName() + ": " + attempts + " attempts while an agent was replaced");
  }

  /** On the node alone, without the API server's help; and it is whole again by itself. */
  private void breakTheGlass() {
    String node = payments.node(API);
    cluster.forgetEvents("GlassBroken");
    release
        .merlon(node, "break-glass", "--namespace=payments", "--for=15s", "--reason=a test")
        .succeeded();
    Await.until("the glass is broken", SOON, () -> payments.connects(INTRUDER, API));
    assertTrue(
        release
            .merlon(node, "status")
            .output()
            .contains("THE GLASS IS BROKEN: namespace payments"));
    Await.until("an Event tells of it", SOON, () -> cluster.isTold("GlassBroken"));
    Await.until(
        "the glass is whole again", SOON.plus(SOON), () -> !payments.connects(INTRUDER, API));
    enforcedAsWritten();
  }

  private boolean isReplaced(String node, String old) {
    String now = release.agent(node);
    return !now.isEmpty()
        && !now.contains(old)
        && cluster
            .run(
                "--namespace=merlon",
                "get",
                now,
                "--output=jsonpath={.status.containerStatuses[0].ready}")
            .output()
            .equals("true");
  }
}
