package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.it.NewPods.Coming;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A StatefulSet's pod that is deleted and made again has the name of the one before, and so has its
 * interface, which takes the other's place at once. Whoever is in the next pod's namespace already
 * sends before there is an interface, and is sent to.
 */
class RecreatedPodsAgentTest {
  private static final int TIMES = Sizes.pick(200, 1000);
  private static final int FIRST = 3000;
  private static final String NAME = "web-0";

  @Test
  void noFirstPacketOfTheNextPodOfANamePasses() {
    try (AgentNode node = new AgentNode()) {
      node.namespace("payments", "name: payments", "");
      node.namespace("guests", "name: guests", "");
      node.write("default-deny", Mission.DEFAULT_DENY);
      Pod anchor = node.pod("payments", "anchor", "app: new");
      node.describe("payments", "anchor", WatchedPods.OF_ONE_WORKLOAD);
      Pod guest = node.pod("guests", "guest", "app: guest");
      schedule(node, 0);
      node.agent().start();
      List<String> late = new ArrayList<>();
      long denied = 0;
      long begun = System.nanoTime();
      try (NewPods pods = new NewPods(node.network());
          PinnedState state = node.state()) {
        WatchedPods watched = new WatchedPods(guest, anchor, state, late);
        Coming pod = coming(pods, 0);
        pods.prepare(pod);
        pods.connect(pod);
        awaitHeld(node, false);
        for (int time = 1; time <= TIMES; time++) {
          schedule(node, time);
          awaitHeld(node, true);
          pod = coming(pods, time);
          denied += next(pods, pod, watched, time % 4 < 2);
          awaitHeld(node, false); // or the page would still speak of this pod when the next is told
        }
        pods.remove(pod);
      }
      System.out.printf(
          "a pod made again: %d times in %.1f s, %d packets denied, passed: %s; %s%n",
          TIMES, (System.nanoTime() - begun) / 1e9, denied, late, dropped(node));
      assertEquals(List.of(), late);
      assertTrue(denied >= TIMES * WatchedPods.PACKETS);
    }
  }

  private static void schedule(AgentNode node, int time) {
    node.write(
        "pod-payments-" + NAME,
        NewPods.scheduled(NAME, "uid-" + time, WatchedPods.OF_ONE_WORKLOAD));
  }

  private static Coming coming(NewPods pods, int time) {
    return pods.coming("payments", NAME, FIRST + time);
  }

  private static void awaitHeld(AgentNode node, boolean held) {
    Await.until(
        NAME + (held ? " is held" : " is attached to"),
        WatchedPods.PATIENT,
        () ->
            held
                == node.agent().get("/v1/status").contains("\"pods\":[\"payments/" + NAME + "\"]"));
  }

  private static long next(NewPods pods, Coming pod, WatchedPods watched, boolean six) {
    InetSocketAddress own = Expect.at(pod.address(six), Mission.PORT);
    try (EchoServer outside = Expect.serve(watched.guest(), six, Mission.PORT);
        Flood _ = new Flood(pod.inside(), outside.address());
        Flood _ = new Flood(watched.guest().namespace(), own)) {
      pods.prepareNext(pod);
      try (EchoServer inside = EchoServer.start(pod.inside(), own.getAddress(), own.getPort())) {
        long denied = watched.awaitDenied(() -> pods.takePlace(pod));
        watched.noteAnyOf(pod, outside.received() + inside.received());
        return denied;
      }
    }
  }

  /** What it says of what was held. */
  private static List<String> dropped(AgentNode node) {
    return node.agent()
        .get("/metrics")
        .lines()
        .filter(line -> line.startsWith("merlon_held_"))
        .toList();
  }
}
