package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Flows are open, by TCP and UDP, in both families, while policies come, change and go. */
class PolicyChangeAgentTest {
  private static final int OTHER = 9090;

  private final AgentNode node = new AgentNode();
  private final Pod api;
  private final Pod web;
  private final Pod guest;

  PolicyChangeAgentTest() {
    node.namespace("payments", "name: payments", "");
    node.namespace("frontend", "name: frontend", "");
    node.namespace("guests", "name: guests", "");
    api = node.pod("payments", "api", "app: payments-api");
    web = node.pod("frontend", "web", "app: web");
    guest = node.pod("guests", "guest", "app: guest");
  }

  @AfterEach
  void close() {
    node.close();
  }

  private static List<Chat> flows(Pod from, Pod to, int port) throws IOException {
    List<Chat> chats = new ArrayList<>();
    for (boolean six : new boolean[] {false, true}) {
      chats.add(Chat.tcp(from, to, six, port));
      chats.add(Chat.udp(from, to, six, port));
    }
    return chats;
  }

  /** Only the frontend may, by TCP and UDP, at this port. */
  private static String onlyFrontend(int port) {
    return Mission.policy(
        "payments",
        "only-frontend",
        """
        podSelector: {}, policyTypes: [Ingress], ingress: [{
          from: [{namespaceSelector: {matchLabels: {name: frontend}}}],
          ports: [{protocol: TCP, port: %1$d}, {protocol: UDP, port: %1$d}]}]\
        """
            .formatted(port));
  }

  @Test
  void anAddedPolicyCutsWhatItForbidsAndNothingElse() throws IOException {
    node.agent().start();
    List<Chat> kept = flows(web, api, Mission.PORT);
    List<Chat> forbidden = flows(guest, api, OTHER);
    try (PinnedState state = node.state()) {
      Expect.talking(kept);
      Expect.talking(forbidden);
      assertEquals(0, state.dropped(api));
      long moment = System.nanoTime();
      node.write("only-frontend", onlyFrontend(Mission.PORT));
      long cut = Expect.cut(forbidden, moment);
      Expect.talking(kept);
      System.out.printf("policy change: added, cut after %d us%n", cut);
      assertTrue(state.dropped(api) > 0);
      assertLonelySilence(kept);
    } finally {
      kept.forEach(Chat::close);
      forbidden.forEach(Chat::close);
    }
  }

  /** What is kept was never interrupted for as long as a retransmission takes. */
  private static void assertLonelySilence(List<Chat> kept) {
    long longest = kept.stream().mapToLong(Chat::longestSilence).max().orElseThrow() / 1000;
    System.out.printf("policy change: the longest silence of what is kept was %d us%n", longest);
    assertTrue(longest < 900_000, longest + " us");
  }

  @Test
  void aChangedPolicyCutsWhatItNoLongerAllowsAndOpensWhatItNowAllows() throws IOException {
    node.write("only-frontend", onlyFrontend(Mission.PORT));
    node.agent().start();
    List<Chat> open = flows(web, api, Mission.PORT);
    try (EchoServer other = Expect.serve(api, true, OTHER)) {
      Expect.talking(open);
      Expect.unreachable(web, other.address());
      long moment = System.nanoTime();
      node.write("only-frontend", onlyFrontend(OTHER));
      System.out.printf("policy change: changed, cut after %d us%n", Expect.cut(open, moment));
      Expect.reachable(web, other.address());
      long again = System.nanoTime();
      node.write("only-frontend", onlyFrontend(Mission.PORT));
      Expect.talking(open);
      System.out.printf(
          "policy change: changed back, all talk after %d us%n",
          (System.nanoTime() - again) / 1000);
    } finally {
      open.forEach(Chat::close);
    }
  }

  @Test
  void aDeletedPolicyCutsWhatOnlyItAllowed() throws IOException {
    node.write("default-deny", Mission.DEFAULT_DENY);
    node.write("only-frontend", onlyFrontend(Mission.PORT));
    node.agent().start();
    List<Chat> open = flows(web, api, Mission.PORT);
    try {
      Expect.talking(open);
      long moment = System.nanoTime();
      node.delete("only-frontend");
      System.out.printf("policy change: deleted, cut after %d us%n", Expect.cut(open, moment));
      node.delete("default-deny");
      Expect.talking(open);
    } finally {
      open.forEach(Chat::close);
    }
  }

  @Test
  void whatOtherPoliciesAllowToLivesOn() throws IOException {
    node.write("only-frontend", onlyFrontend(Mission.PORT));
    node.write(
        "also",
        Mission.policy(
            "payments", "also", "podSelector: {}, policyTypes: [Ingress], ingress: [{}]"));
    node.agent().start();
    List<Chat> open = flows(web, api, Mission.PORT);
    try (PinnedState state = node.state()) {
      Expect.talking(open);
      node.delete("also");
      Await.until(
          "the other policy is gone",
          Expect.PATIENT,
          () -> !node.agent().get("/v1/policies").contains("\"name\":\"also\""));
      Expect.talking(open);
      assertEquals(0, state.dropped(api));
      assertLonelySilence(open);
    } finally {
      open.forEach(Chat::close);
    }
  }
}
