package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The agent restarts, is upgraded, is killed, while pods open connections as fast as they can and
 * policies flip. What every one of these policies forbids never passes; what every one allows is
 * never lost.
 */
class RestartAgentTest {
  private static final int ALLOWED = 8080;
  private static final int KEPT = 8081;
  private static final int FORBIDDEN = 8082;
  private static final int KILLS = Sizes.pick(4, 60);
  private static final int THREADS = 2;

  private final AgentNode node = new AgentNode();
  private final Pod api;
  private final Pod web;
  private final Pod guest;
  private final Random random = new Random(7);

  RestartAgentTest() {
    node.namespace("payments", "name: payments", "");
    node.namespace("frontend", "name: frontend", "");
    node.namespace("guests", "name: guests", "");
    api = node.pod("payments", "api", "app: payments-api");
    web = node.pod("frontend", "web", "app: web");
    guest = node.pod("guests", "guest", "app: guest");
    flip(0);
  }

  @AfterEach
  void close() {
    node.close();
  }

  /** Of the policies that take turns, each allows one more port than the others do. */
  private void flip(int turn) {
    node.write(
        "flipping",
        Mission.policy(
            "payments",
            "flipping",
            """
            podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{
              from: [{namespaceSelector: {matchLabels: {name: frontend}}}],
              ports: [
                {protocol: TCP, port: %d}, {protocol: TCP, port: %d}, {protocol: TCP, port: %d}]}]\
            """
                .formatted(ALLOWED, KEPT, 9001 + turn % 2)));
  }

  /** What goes on meanwhile, in one family. */
  private final class Meanwhile implements AutoCloseable {
    private final EchoServer open;
    private final EchoServer closed;
    private final Chat kept;
    private final ConnectionLoad load;
    private final Flood datagrams;
    private final Flood others;
    private final ConnectionAttempts attempts;
    private final long begun = System.nanoTime();

    Meanwhile(boolean six) throws IOException {
      open = Expect.serve(api, six, ALLOWED);
      closed = Expect.serve(api, six, FORBIDDEN);
      kept = Chat.tcp(web, api, six, KEPT);
      load = new ConnectionLoad(web.namespace(), open.address(), THREADS);
      datagrams = new Flood(web.namespace(), closed.address());
      others = new Flood(guest.namespace(), open.address());
      attempts = new ConnectionAttempts(guest, closed.address());
    }

    void more(long connections) {
      long wanted = load.answered() + connections;
      Await.until("connections", Expect.PATIENT, () -> load.answered() + load.lost() >= wanted);
    }

    void assertRight(String what, int times) {
      double seconds = (System.nanoTime() - begun) / 1e9;
      load.close();
      System.out.printf(
          "restart: %s, %d times in %.1f s: %.0f connections/s, %d lost, %d SYNs sent again;"
              + " %d datagrams and %d connections forbidden, %d passed%n",
          what,
          times,
          seconds,
          load.answered() / seconds,
          load.lost(),
          load.synRetransmissions(),
          datagrams.sent() + others.sent(),
          attempts.made(),
          closed.received() + open.received() + closed.accepted());
      assertEquals(0, load.lost());
      assertEquals(0, load.synRetransmissions());
      assertEquals(0, closed.accepted());
      assertEquals(0, closed.received() + open.received());
      Expect.talking(List.of(kept));
      assertTrue(datagrams.sent() > 0 && others.sent() > 0 && attempts.made() > 0);
    }

    @Override
    public void close() {
      load.close();
      attempts.close();
      datagrams.close();
      others.close();
      kept.close();
      closed.close();
      open.close();
    }
  }

  @Test
  void killedAgainAndAgainWhilePoliciesFlip() throws IOException {
    node.agent().start();
    try (Meanwhile meanwhile = new Meanwhile(false)) {
      for (int kill = 0; kill < KILLS; kill++) {
        flip(kill);
        meanwhile.more(random.nextInt(300));
        node.agent().kill();
        flip(kill + 1);
        meanwhile.more(50);
        if (kill % 2 == 0) {
          node.agent().start();
        } else {
          // To be killed while it starts.
          node.agent().launch();
          meanwhile.more(1000 + random.nextInt(1000));
        }
      }
      node.agent().kill();
      node.agent().start();
      meanwhile.assertRight("killed", KILLS);
    }
  }

  @Test
  void restartedAndUpgraded() throws IOException {
    try (ChangedProgram changed = new ChangedProgram()) {
      node.agent().start();
      try (Meanwhile meanwhile = new Meanwhile(true)) {
        node.agent().terminate();
        node.agent().start();
        // They are the same, but without CAP_SYS_ADMIN nobody can tell: all count.
        assertStart("replaced 6 programs");
        node.agent().terminate();
        node.agent().javaOptions(changed.javaOptions());
        node.agent().start();
        assertStart("replaced 6 programs");
        meanwhile.more(500);
        node.agent().terminate();
        node.agent().options(List.of("--map-flows=65536"));
        node.agent().start();
        assertStart("beside an older state");
        meanwhile.more(500);
        meanwhile.assertRight("restarted, upgraded, given other maps", 3);
      }
    }
  }

  private void assertStart(String how) {
    String status = node.agent().get("/v1/status");
    assertTrue(status.contains(how), status);
  }
}
