package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.it.NewPods.Coming;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Pods whose processes try what is forbidden from their first instant, right after the CNI is done,
 * while others already try to reach them: not one packet may pass before the agent is there. Nor
 * may one of somebody who is in the pod's namespace before the CNI.
 */
class NewPodsAgentTest {
  private static final int PODS = Sizes.pick(200, 1000);
  private static final int EARLY = 20;

  private static final int FIRST = 1000;

  @Test
  void noFirstPacketPasses() {
    try (AgentNode node = new AgentNode("--map-endpoints=2048")) {
      node.namespace("payments", "name: payments", "");
      node.namespace("guests", "name: guests", "");
      node.write("default-deny", Mission.DEFAULT_DENY);
      Pod anchor = node.pod("payments", "anchor", "app: new");
      node.describe("payments", "anchor", WatchedPods.OF_ONE_WORKLOAD);
      Pod guest = node.pod("guests", "guest", "app: guest");
      node.write(
          "new-pods",
          IntStream.range(FIRST, FIRST + PODS + EARLY)
              .mapToObj(NewPodsAgentTest::scheduled)
              .collect(Collectors.joining("---\n")));
      node.agent().start();
      long begun = System.nanoTime();
      long tried;
      List<String> late = new ArrayList<>();
      try (NewPods pods = new NewPods(node.network());
          PinnedState state = node.state()) {
        tried = all(pods, new WatchedPods(guest, anchor, state, late));
      }
      System.out.printf(
          "new pods: %d, and %d that sent before they had an interface, in %.1f s, %d packets"
              + " denied, passed: %s%n",
          PODS, EARLY, (System.nanoTime() - begun) / 1e9, tried, late);
      assertEquals(List.of(), late);
      assertTrue(tried >= PODS * WatchedPods.PACKETS);
    }
  }

  /** The first packet is there with the interface: nothing that reacts to it is in time. */
  private static void early(NewPods pods, WatchedPods watched) {
    for (int index = FIRST + PODS; index < FIRST + PODS + EARLY; index++) {
      Coming pod = pods.coming("payments", "new-" + index, index);
      try (EchoServer outside = Expect.serve(watched.guest(), index % 4 < 2, Mission.PORT)) {
        pods.prepare(pod);
        try (Flood _ = new Flood(pod.inside(), outside.address())) {
          watched.awaitDenied(() -> pods.connect(pod));
          watched.noteAnyOf(pod, outside.received());
        } finally {
          pods.remove(pod);
        }
      }
    }
  }

  private static String scheduled(int index) {
    return NewPods.scheduled("new-" + index, "uid-" + index, WatchedPods.OF_ONE_WORKLOAD);
  }

  private static long all(NewPods pods, WatchedPods watched) {
    long tried = 0;
    for (int index = FIRST; index < FIRST + PODS; index++) {
      tried += one(pods, pods.coming("payments", "new-" + index, index), watched, index % 4 < 2);
    }
    early(pods, watched);
    return tried;
  }

  private static long one(NewPods pods, Coming pod, WatchedPods watched, boolean six) {
    InetSocketAddress own = Expect.at(pod.address(six), Mission.PORT);
    try (EchoServer outside = Expect.serve(watched.guest(), six, Mission.PORT);
        Flood in = new Flood(watched.guest().namespace(), own)) {
      pods.prepare(pod);
      pods.connect(pod);
      Process process = pods.run(pod, outside.address());
      try (EchoServer inside = EchoServer.start(pod.inside(), own.getAddress(), own.getPort())) {
        long denied = watched.awaitDenied(() -> {});
        Await.until("others try", WatchedPods.PATIENT, () -> in.sent() > 0);
        watched.noteAnyOf(pod, outside.received() + inside.received());
        return denied;
      } finally {
        process.destroyForcibly();
      }
    } finally {
      pods.remove(pod);
    }
  }
}
