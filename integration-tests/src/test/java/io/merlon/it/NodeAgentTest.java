package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.it.Client.Outcome;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The real agent on the real kernel, fed by a folder: what packets do is what policies say. */
class NodeAgentTest {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration PATIENT = Duration.ofSeconds(8);
  private static final long CUT_WITHIN = TimeUnit.SECONDS.toNanos(1);
  private static final int PORT = 8080;

  private static final String DEFAULT_DENY =
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: default-deny, namespace: payments}
      spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
      """;

  private static final String ALLOW_FRONTEND =
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: allow-frontend, namespace: payments}
      spec:
        podSelector: {matchLabels: {app: payments-api}}
        ingress:
        - from: [{namespaceSelector: {matchLabels: {name: frontend}}}]
          ports: [{protocol: TCP, port: 8080}]
      """;

  private final AgentNode node = new AgentNode();
  private final Pod api;
  private final Pod web;
  private final Pod stranger;

  NodeAgentTest() {
    node.namespace("payments", "name: payments", "");
    node.namespace("frontend", "name: frontend", "");
    node.namespace("guests", "name: guests", "");
    api = node.pod("payments", "api", "app: payments-api");
    web = node.pod("frontend", "web", "app: web");
    stranger = node.pod("guests", "stranger", "app: stranger");
  }

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void defaultDenyAndAllowFrontend() {
    node.write("default-deny", DEFAULT_DENY);
    node.write("allow-frontend", ALLOW_FRONTEND);
    node.agent().start();
    for (boolean six : new boolean[] {false, true}) {
      try (EchoServer open = serve(api, six, PORT);
          EchoServer closed = serve(api, six, PORT + 1);
          EchoServer outside = serve(stranger, six, PORT)) {
        assertEquals(Outcome.ANSWERED, patient(web).tcp(open.address()));
        assertEquals(Outcome.SILENT, hasty(web).tcp(closed.address()));
        assertEquals(Outcome.SILENT, hasty(web).udp(open.address(), 10));
        assertEquals(Outcome.SILENT, hasty(stranger).tcp(open.address()));
        assertEquals(Outcome.SILENT, hasty(api).tcp(outside.address()));
        assertEquals(Outcome.ANSWERED, patient(web).tcp(outside.address()));
      }
    }
    String policies = node.agent().get("/v1/policies");
    assertTrue(policies.contains("\"name\":\"allow-frontend\""), policies);
    Command status = node.agent().run("status");
    assertEquals(0, status.exit(), status.output());
    assertTrue(status.output().contains("payments/api enforce attached"), status.output());
    assertFalse(status.output().contains("NOT"), status.output());
  }

  @Test
  void openConnectionsFollowPolicies() throws IOException {
    node.write("allow-frontend", ALLOW_FRONTEND);
    node.agent().start();
    try (Chat four = Chat.tcp(web, api, false, PORT);
        Chat six = Chat.tcp(web, api, true, PORT)) {
      List<Chat> chats = List.of(four, six);
      awaitTalking(chats);
      node.write("default-deny", DEFAULT_DENY);
      awaitEnforced("default-deny");
      awaitTalking(chats);
      long moment = System.nanoTime();
      node.delete("allow-frontend");
      awaitSilent(chats);
      long lasted = chats.stream().mapToLong(Chat::lastHeard).max().orElseThrow() - moment;
      System.out.printf("agent: cut %d us after the policy was deleted%n", lasted / 1000);
      assertTrue(lasted < CUT_WITHIN, lasted + " ns");
      long again = System.nanoTime();
      node.write("allow-frontend", ALLOW_FRONTEND);
      awaitTalking(chats);
      System.out.printf("agent: restored after %d us%n", (System.nanoTime() - again) / 1000);
    }
  }

  @Test
  void enforcementOutlivesTheAgentHoweverItEnds() throws IOException {
    node.write("default-deny", DEFAULT_DENY);
    node.write("allow-frontend", ALLOW_FRONTEND);
    node.agent().start();
    try (Chat kept = Chat.tcp(web, api, false, PORT);
        EchoServer server = serve(api, false, PORT + 2)) {
      for (boolean politely : new boolean[] {true, false}) {
        awaitTalking(List.of(kept));
        if (politely) {
          node.agent().terminate();
        } else {
          node.agent().kill();
        }
        assertEquals(Outcome.SILENT, hasty(stranger).tcp(server.address()));
        awaitTalking(List.of(kept));
        Duration took = node.agent().start();
        System.out.printf("agent: enforcing %d ms after a restart%n", took.toMillis());
        awaitTalking(List.of(kept));
        assertEquals(Outcome.SILENT, hasty(stranger).tcp(server.address()));
        assertTrue(node.agent().get("/v1/status").contains("\"start\":\"adopted"));
      }
    }
  }

  @Test
  void policiesDeletedWhileTheAgentIsAwayAreGoneWhenItIsBack() {
    node.write("default-deny", DEFAULT_DENY);
    node.agent().start();
    try (EchoServer server = serve(api, false, PORT)) {
      assertEquals(Outcome.SILENT, hasty(stranger).tcp(server.address()));
      node.agent().kill();
      node.delete("default-deny");
      assertEquals(Outcome.SILENT, hasty(stranger).tcp(server.address()));
      node.agent().start();
      assertEquals(Outcome.ANSWERED, patient(stranger).tcp(server.address()));
    }
  }

  @Test
  void modesFollowAnnotations() {
    node.write("default-deny", DEFAULT_DENY);
    node.agent().start();
    try (EchoServer server = serve(api, false, PORT)) {
      assertEquals(Outcome.SILENT, hasty(stranger).tcp(server.address()));
      node.namespace("payments", "name: payments", "merlon.io/mode: audit");
      awaitReachable(stranger, server.address());
      node.describe("payments", "api", "app: payments-api", "merlon.io/mode: enforce");
      awaitUnreachable(stranger, server.address());
    }
  }

  @Test
  void detachLeavesNothingAndNothingEnforced() {
    node.write("default-deny", DEFAULT_DENY);
    node.agent().start();
    try (EchoServer server = serve(api, false, PORT)) {
      assertEquals(Outcome.SILENT, hasty(stranger).tcp(server.address()));
      node.agent().terminate();
      Command detach = node.agent().detach();
      assertEquals(0, detach.exit(), detach.output());
      assertFalse(node.agent().hasPins());
      assertEquals(Outcome.ANSWERED, patient(stranger).tcp(server.address()));
    }
  }

  @Test
  void aNewPodsFirstPacketMeetsItsPolicy() {
    node.write("default-deny", DEFAULT_DENY);
    node.agent().start();
    try (EchoServer server = serve(stranger, false, PORT)) {
      Pod fresh = node.pod("payments", "fresh", "app: fresh");
      awaitUnreachable(fresh, server.address());
      assertTrue(node.agent().get("/v1/pods").contains("\"name\":\"fresh\""));
    }
  }

  private static EchoServer serve(Pod pod, boolean six, int port) {
    return EchoServer.start(pod.namespace(), pod.address(six), port);
  }

  private static Client hasty(Pod pod) {
    return new Client(pod.namespace(), SHORT);
  }

  private static Client patient(Pod pod) {
    return new Client(pod.namespace(), PATIENT);
  }

  private static void awaitTalking(List<Chat> chats) {
    List<List<Long>> then = chats.stream().map(Chat::heard).toList();
    Await.until(
        "all connections talk",
        PATIENT,
        () -> {
          for (int i = 0; i < chats.size(); i++) {
            if (!chats.get(i).heardSince(then.get(i))) {
              return false;
            }
          }
          return true;
        });
  }

  /** Nobody has heard anything for longer than any packet is under way. */
  private static void awaitSilent(List<Chat> chats) {
    Await.until(
        "all connections are silent",
        PATIENT,
        () -> chats.stream().allMatch(c -> System.nanoTime() - c.lastHeard() > CUT_WITHIN));
  }

  private void awaitEnforced(String policy) {
    Await.until(
        policy + " is enforced",
        PATIENT,
        () -> node.agent().get("/v1/policies").contains("\"name\":\"" + policy + "\""));
  }

  private static void awaitReachable(Pod from, InetSocketAddress to) {
    Await.until("reachable", PATIENT, () -> hasty(from).tcp(to) == Outcome.ANSWERED);
  }

  private static void awaitUnreachable(Pod from, InetSocketAddress to) {
    Await.until("unreachable", PATIENT, () -> hasty(from).tcp(to) == Outcome.SILENT);
  }
}
