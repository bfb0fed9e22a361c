package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the command that breaks the glass says is what packets do, with an agent and without. */
class GlassAgentTest {
  private static final int SECONDS = 6;

  private final AgentNode node = new AgentNode();
  private final Pod api;
  private final Pod stranger;

  GlassAgentTest() {
    node.namespace("payments", "name: payments", "");
    node.namespace("guests", "name: guests", "");
    api = node.pod("payments", "api", "app: payments-api");
    stranger = node.pod("guests", "stranger", "app: stranger");
  }

  @BeforeEach
  void enforce() {
    node.write("default-deny", Mission.DEFAULT_DENY);
    node.agent().start();
  }

  @AfterEach
  void close() {
    node.close();
  }

  private Command glass(String... arguments) {
    List<String> all = new ArrayList<>(List.of("break-glass", "--pin-root=" + node.agent().pins()));
    all.addAll(List.of(arguments));
    return node.agent().run(all.toArray(String[]::new));
  }

  private Command broken(Duration length) {
    return glass(
        "--namespace=payments",
        "--for=" + length.toSeconds() + "s",
        "--by=alice",
        "--reason=https://tickets//4711 is down");
  }

  /** A connection made during the break lasts as long as the break, and not a second longer. */
  @Test
  void theKernelEndsItThoughNoAgentRuns() throws IOException {
    long asked = System.nanoTime();
    Command command = broken(Duration.ofSeconds(SECONDS));
    long answered = System.nanoTime();
    assertEquals(0, command.exit(), command.output());
    assertTrue(command.output().contains("in force for 1 pods"), command.output());
    assertTrue(
        node.agent().run("status").output().contains("by alice: https://tickets//4711 is down"));
    try (Chat chat = Chat.tcp(stranger, api, false, Mission.PORT)) {
      Expect.talking(List.of(chat));
      node.agent().kill();
      Expect.talking(List.of(chat));
      Await.until(
          "the connection is silent",
          Expect.PATIENT,
          () -> System.nanoTime() - chat.lastHeard() > Expect.CUT_WITHIN);
      Duration lasted = Duration.ofNanos(chat.lastHeard() - asked);
      System.out.printf("agent: a break of %d s ended after %s%n", SECONDS, lasted);
      // The command cuts off what is no whole second, and the node's boot is known to one.
      assertTrue(lasted.compareTo(Duration.ofSeconds(SECONDS - 2)) > 0, lasted.toString());
      Duration late = Duration.ofNanos(chat.lastHeard() - answered);
      assertTrue(late.compareTo(Duration.ofSeconds(SECONDS + 1)) < 0, late.toString());
    }
    try (EchoServer server = Expect.serve(api, false, Mission.PORT)) {
      Expect.unreachable(stranger, server.address());
    }
    Command verify =
        node.agent()
            .run(
                "verify",
                "--source=folder:" + node.cluster().path(),
                "--node-name=node-a",
                "--pin-root=" + node.agent().pins());
    assertEquals(0, verify.exit(), verify.output());
  }

  @Test
  void saysWhatCameOfIt() {
    Command nobody = glass("--namespace=payment", "--by=alice", "--reason=a test");
    assertEquals(1, nobody.exit(), nobody.output());
    assertTrue(nobody.output().contains("no pod of this node is meant"), nobody.output());
    node.agent().kill();
    Command early = broken(Duration.ofMinutes(5));
    assertNotEquals(0, early.exit(), early.output());
    assertTrue(early.output().contains("1 of 1 pods are still enforced"), early.output());
    try (EchoServer server = Expect.serve(api, false, Mission.PORT)) {
      Expect.unreachable(stranger, server.address());
      node.agent().start();
      Expect.reachable(stranger, server.address());
      Command wider = glass("--node", "--by=bob", "--reason=a test");
      assertEquals(0, wider.exit(), wider.output());
      Command still = glass("--namespace=payments", "--end");
      assertEquals(1, still.exit(), still.output());
      assertTrue(still.output().contains("1 of 1 pods are still suspended"), still.output());
      Expect.reachable(stranger, server.address());
      Command end = glass("--node", "--end");
      assertEquals(0, end.exit(), end.output());
      Expect.unreachable(stranger, server.address());
    }
  }
}
