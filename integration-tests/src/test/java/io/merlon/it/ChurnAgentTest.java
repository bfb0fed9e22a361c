package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.it.Client.Outcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

/** Pods come and go, 100 a minute, and leave nothing behind. */
class ChurnAgentTest {
  private static final int PODS = Sizes.pick(30, 500);
  private static final int ALIVE = 5;
  private static final Duration EACH = Duration.ofMillis(600);
  private static final long GROWTH_KB = 20_000;

  @Test
  void nothingIsLeftOfPodsThatAreGone() {
    try (AgentNode node = new AgentNode()) {
      node.namespace("payments", "name: payments", "");
      node.namespace("frontend", "name: frontend", "");
      node.write("default-deny", Mission.DEFAULT_DENY);
      node.write("allow-frontend", Mission.ALLOW_FRONTEND);
      Pod web = node.pod("frontend", "web", "app: web");
      node.agent().start();
      churn(node, web, 0, 2 * ALIVE);
      Footprint before = settled(node, web);
      long begun = System.nanoTime();
      churn(node, web, 2 * ALIVE, PODS);
      long took = System.nanoTime() - begun;
      Await.until(
          "all is as before: " + before,
          Duration.ofSeconds(30),
          () -> Footprint.of(node.agent()).withoutMemory().equals(before.withoutMemory()));
      Footprint after = settled(node, web);
      System.out.printf(
          "churn: %d pods in %.0f s (%.0f a minute), RSS %d -> %d kB, as before: %s%n",
          PODS,
          took / 1e9,
          PODS * 60e9 / took,
          before.kilobytes(),
          after.kilobytes(),
          after.withoutMemory());
      assertEquals(before.withoutMemory(), after.withoutMemory());
      assertTrue(after.kilobytes() < before.kilobytes() + GROWTH_KB, after + " was " + before);
    }
  }

  /** Each pod is alive while the next few come; each is enforced. */
  private static void churn(AgentNode node, Pod web, int from, int count) {
    Deque<String> alive = new ArrayDeque<>();
    long begun = System.nanoTime();
    for (int i = from; i < from + count; i++) {
      String name = "churn-" + i;
      boolean api = i % 2 == 0;
      Pod pod = node.pod("payments", name, api ? "app: payments-api" : "app: batch-" + i);
      alive.add(name);
      if (api) {
        try (EchoServer server = Expect.serve(pod, i % 4 == 0, Mission.PORT)) {
          Expect.reachable(web, server.address());
        }
      } else {
        Await.until(
            name + " is enforced",
            Expect.PATIENT,
            () -> Expect.hasty(web).ping(pod.v4()) == Outcome.SILENT);
      }
      if (alive.size() > ALIVE) {
        node.remove("payments", alive.remove());
      }
      long due = begun + (i - from + 1) * EACH.toNanos();
      Await.until("the pace", Expect.PATIENT, () -> System.nanoTime() >= due);
    }
    alive.forEach(name -> node.remove("payments", name));
  }

  /** Once no pod of the churn is left: the frontend's two links are made, nothing else is there. */
  private static Footprint settled(AgentNode node, Pod web) {
    Await.until(
        "only the frontend's pod is left",
        Duration.ofSeconds(30),
        () -> {
          try (PinnedState state = node.state()) {
            return state.interfaces().equals(java.util.Set.of(web.ifindex()))
                && Footprint.of(node.agent()).links() == 2;
          }
        });
    return Footprint.of(node.agent());
  }
}
