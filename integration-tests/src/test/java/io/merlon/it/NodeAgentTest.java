package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.it.Client.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The real agent on the real kernel, fed by a folder: what packets do is what policies say. */
class NodeAgentTest {
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
    node.write("default-deny", Mission.DEFAULT_DENY);
    node.write("allow-frontend", Mission.ALLOW_FRONTEND);
    node.agent().start();
    for (boolean six : new boolean[] {false, true}) {
      try (EchoServer open = Expect.serve(api, six, Mission.PORT);
          EchoServer closed = Expect.serve(api, six, Mission.PORT + 1);
          EchoServer outside = Expect.serve(stranger, six, Mission.PORT)) {
        assertEquals(Outcome.ANSWERED, Expect.patient(web).tcp(open.address()));
        assertEquals(Outcome.SILENT, Expect.hasty(web).tcp(closed.address()));
        assertEquals(Outcome.SILENT, Expect.hasty(web).udp(open.address(), 10));
        assertEquals(Outcome.SILENT, Expect.hasty(stranger).tcp(open.address()));
        assertEquals(Outcome.SILENT, Expect.hasty(api).tcp(outside.address()));
        assertEquals(Outcome.ANSWERED, Expect.patient(web).tcp(outside.address()));
      }
    }
    try (PinnedState state = node.state()) {
      // A datagram each and one SYN at least, and what the API pod itself was not allowed to send.
      assertTrue(state.denied(api) >= 8, state.denied(api) + " packets");
      assertTrue(state.allowed(api) > 0);
      assertEquals(0, state.dropped(web));
      assertEquals(0, state.dropped(stranger));
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
    node.write("allow-frontend", Mission.ALLOW_FRONTEND);
    node.agent().start();
    try (Chat four = Chat.tcp(web, api, false, Mission.PORT);
        Chat six = Chat.tcp(web, api, true, Mission.PORT)) {
      List<Chat> chats = List.of(four, six);
      Expect.talking(chats);
      node.write("default-deny", Mission.DEFAULT_DENY);
      Expect.enforced(node, "default-deny");
      Expect.talking(chats);
      long moment = System.nanoTime();
      node.delete("allow-frontend");
      System.out.printf(
          "agent: cut %d us after the policy was deleted%n", Expect.cut(chats, moment));
      long again = System.nanoTime();
      node.write("allow-frontend", Mission.ALLOW_FRONTEND);
      Expect.talking(chats);
      System.out.printf("agent: restored after %d us%n", (System.nanoTime() - again) / 1000);
    }
  }

  @Test
  void enforcementOutlivesTheAgentHoweverItEnds() throws IOException {
    node.write("default-deny", Mission.DEFAULT_DENY);
    node.write("allow-frontend", Mission.ALLOW_FRONTEND);
    node.agent().start();
    try (Chat kept = Chat.tcp(web, api, false, Mission.PORT);
        EchoServer server = Expect.serve(api, false, Mission.PORT + 2)) {
      for (boolean politely : new boolean[] {true, false}) {
        Expect.talking(List.of(kept));
        if (politely) {
          node.agent().terminate();
        } else {
          node.agent().kill();
        }
        assertEquals(Outcome.SILENT, Expect.hasty(stranger).tcp(server.address()));
        Expect.talking(List.of(kept));
        Duration took = node.agent().start();
        System.out.printf("agent: enforcing %d ms after a restart%n", took.toMillis());
        Expect.talking(List.of(kept));
        assertEquals(Outcome.SILENT, Expect.hasty(stranger).tcp(server.address()));
        assertTrue(node.agent().get("/v1/status").contains("\"start\":\"adopted"));
      }
    }
  }

  @Test
  void policiesDeletedWhileTheAgentIsAwayAreGoneWhenItIsBack() {
    node.write("default-deny", Mission.DEFAULT_DENY);
    node.agent().start();
    try (EchoServer server = Expect.serve(api, false, Mission.PORT)) {
      assertEquals(Outcome.SILENT, Expect.hasty(stranger).tcp(server.address()));
      node.agent().kill();
      node.delete("default-deny");
      assertEquals(Outcome.SILENT, Expect.hasty(stranger).tcp(server.address()));
      node.agent().start();
      assertEquals(Outcome.ANSWERED, Expect.patient(stranger).tcp(server.address()));
    }
  }

  @Test
  void modesFollowAnnotations() {
    node.write("default-deny", Mission.DEFAULT_DENY);
    node.agent().start();
    try (EchoServer server = Expect.serve(api, false, Mission.PORT)) {
      assertEquals(Outcome.SILENT, Expect.hasty(stranger).tcp(server.address()));
      node.namespace("payments", "name: payments", "merlon.io/mode: audit");
      Expect.reachable(stranger, server.address());
      node.describe("payments", "api", "app: payments-api", "merlon.io/mode: enforce");
      Expect.unreachable(stranger, server.address());
    }
  }

  @Test
  void detachLeavesNothingAndNothingEnforced() {
    node.write("default-deny", Mission.DEFAULT_DENY);
    node.agent().start();
    try (EchoServer server = Expect.serve(api, false, Mission.PORT)) {
      assertEquals(Outcome.SILENT, Expect.hasty(stranger).tcp(server.address()));
      node.agent().terminate();
      Command detach = node.agent().detach();
      assertEquals(0, detach.exit(), detach.output());
      assertFalse(node.agent().hasPins());
      assertEquals(Outcome.ANSWERED, Expect.patient(stranger).tcp(server.address()));
    }
  }

  @Test
  void aNewPodsFirstPacketMeetsItsPolicy() {
    node.write("default-deny", Mission.DEFAULT_DENY);
    node.agent().start();
    try (EchoServer server = Expect.serve(stranger, false, Mission.PORT)) {
      Pod fresh = node.pod("payments", "fresh", "app: fresh");
      Expect.unreachable(fresh, server.address());
      assertTrue(node.agent().get("/v1/pods").contains("\"name\":\"fresh\""));
    }
  }
}
