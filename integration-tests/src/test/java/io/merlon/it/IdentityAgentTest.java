package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.it.Client.Outcome;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Pods and namespaces become others, under the same policies: each is judged as what it is now. */
class IdentityAgentTest {
  private final AgentNode node = new AgentNode();
  private final Pod api;
  private final Pod web;

  IdentityAgentTest() {
    node.namespace("payments", "name: payments", "");
    node.namespace("frontend", "name: frontend", "");
    node.namespace("guests", "name: guests", "");
    api = node.pod("payments", "api", "app: payments-api");
    web = node.pod("frontend", "web", "app: web");
    node.write("default-deny", Mission.DEFAULT_DENY);
    node.write("allow-frontend", Mission.ALLOW_FRONTEND);
  }

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void labelsOfPodsAndNamespacesTakeEffectOnOpenFlowsToo() throws IOException {
    node.agent().start();
    try (PinnedState state = node.state();
        Chat four = Chat.tcp(web, api, false, Mission.PORT);
        Chat six = Chat.tcp(web, api, true, Mission.PORT)) {
      List<Chat> chats = List.of(four, six);
      Expect.talking(chats);
      assertEquals(0, state.dropped(api));

      long moment = System.nanoTime();
      node.namespace("frontend", "name: backend", "");
      print("a namespace's label went", Expect.cut(chats, moment));
      assertTrue(state.dropped(api) > 0);
      node.namespace("frontend", "name: frontend", "");
      Expect.talking(chats);

      moment = System.nanoTime();
      node.describe("payments", "api", "app: other", "");
      print("the subject's label went", Expect.cut(chats, moment));
      node.describe("payments", "api", "app: payments-api", "");
      Expect.talking(chats);
    }
  }

  @Test
  void aPeersLabelOpensAndCloses() throws IOException {
    node.write(
        "allow-role",
        Mission.policy(
            "payments",
            "allow-role",
            """
            podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{
              namespaceSelector: {}, podSelector: {matchLabels: {role: auditor}}}]}]\
            """));
    Pod guest = node.pod("guests", "guest", "app: guest");
    node.agent().start();
    try (EchoServer server = Expect.serve(api, true, Mission.PORT + 1)) {
      assertEquals(Outcome.SILENT, Expect.hasty(guest).tcp(server.address()));
      node.describe("guests", "guest", "app: guest, role: auditor", "");
      Expect.reachable(guest, server.address());
      try (Chat chat = Chat.udp(guest, api, false, Mission.PORT)) {
        Expect.talking(List.of(chat));
        long moment = System.nanoTime();
        node.describe("guests", "guest", "app: guest", "");
        print("the peer's label went", Expect.cut(List.of(chat), moment));
      }
      Expect.unreachable(guest, server.address());
    }
  }

  /** The old owner's allow is gone with it; the new owner's own policies hold from the start. */
  @Test
  void anAddressesNextOwnerInheritsNothing() {
    node.agent().start();
    try (EchoServer four = Expect.serve(api, false, Mission.PORT);
        EchoServer six = Expect.serve(api, true, Mission.PORT)) {
      assertEquals(Outcome.ANSWERED, Expect.patient(web).tcp(four.address()));
      assertEquals(Outcome.ANSWERED, Expect.patient(web).tcp(six.address()));
      long moment = System.nanoTime();
      node.remove("frontend", "web");
      Pod next = node.successor(web, "guests", "next", "app: web");
      assertEquals(web.v4(), next.v4());
      Expect.unreachable(next, four.address());
      Expect.unreachable(next, six.address());
      // Until the agent is told, an address is whose it was; an answered try is repeated at once.
      long late = Math.max(four.lastAccepted(), six.lastAccepted()) - moment;
      assertTrue(late < Expect.CUT_WITHIN, "let in " + late + " ns after the old owner went");
      long before = four.accepted() + six.accepted();
      assertEquals(Outcome.SILENT, Expect.hasty(next).tcp(four.address()));
      assertEquals(Outcome.SILENT, Expect.hasty(next).tcp(six.address()));
      assertEquals(before, four.accepted() + six.accepted());
      try (PinnedState state = node.state()) {
        assertTrue(state.denied(api) > 0);
        assertTrue(state.interfaces().contains(next.ifindex()));
        assertEquals(2, state.interfaces().size());
      }
      node.remove("guests", "next");
      Pod back = node.successor(next, "frontend", "web-2", "app: web");
      Expect.reachable(back, four.address());
      Expect.reachable(back, six.address());
    }
  }

  private static void print(String what, long micros) {
    System.out.printf("identity: %s, cut after %d us%n", what, micros);
  }
}
