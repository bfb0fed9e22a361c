package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;

/**
 * The image as a container, confined as the chart confines it, enforces what other containers send
 * each other, and is upgraded to another tag while they do. The node is a container's network
 * namespace, so that nothing of the machine's own is touched.
 */
class ImageTest {
  private static final String NODE = "node-a";
  private static final int ALLOWED = 8080;
  private static final int FORBIDDEN = 8081;
  private static final Duration STARTING = Duration.ofSeconds(60);

  private final List<GenericContainer<?>> containers = new ArrayList<>();
  private final Optional<String> missing = Engine.missing();

  @BeforeEach
  void sayWhatIsMissing() {
    missing.ifPresent(why -> System.out.println("ImageTest was not run: " + why));
    assumeTrue(missing.isEmpty());
  }

  @AfterEach
  void stop() {
    containers.reversed().forEach(GenericContainer::stop);
  }

  private GenericContainer<?> idle() {
    GenericContainer<?> container = Engine.idle();
    containers.add(container);
    return container;
  }

  /** A node that is a container, and its pods, which are others. */
  private final class Place implements AutoCloseable {
    final GenericContainer<?> node = idle();
    final PodNetwork network = PodNetwork.of(1, Engine.namespace(node, "node"));
    final ClusterFolder cluster = new ClusterFolder();
    final BpfFileSystem pins = new BpfFileSystem();

    Place() {
      cluster.node(NODE, 1);
    }

    Pod pod(String namespace, String name, String labels) {
      Pod pod =
          network.addPod(
              namespace,
              name,
              new PodNetwork.Place(PodNetwork.ORDINARY, network.next()),
              Engine.namespace(idle(), name));
      cluster.namespace(namespace, "name: " + namespace, "");
      cluster.pod(NODE, namespace, name, "labels: {%s}".formatted(labels), pod);
      return pod;
    }

    GenericContainer<?> agent(String image) {
      GenericContainer<?> agent =
          Engine.agent(
              image,
              node,
              cluster.path(),
              pins.path(),
              "agent",
              "--node-name=" + NODE,
              "--source=folder:/manifests",
              "--mode=enforce",
              "--uplink-prefixes=up");
      containers.add(agent);
      try {
        Await.until(
            "the agent enforces",
            STARTING,
            () -> agent.isRunning() && AgentPage.isReady(network.node()));
      } catch (AssertionError late) {
        throw new AssertionError(late.getMessage() + ": " + agent.getLogs(), late);
      }
      return agent;
    }

    void detach(String image) {
      GenericContainer<?> detach =
          Engine.agent(image, node, cluster.path(), pins.path(), "detach", "--http-address=none");
      containers.add(detach);
      assertEquals(0, Engine.awaitEnd(detach), detach::getLogs);
    }

    @Override
    public void close() {
      try {
        network.close();
      } finally {
        cluster.close();
        pins.close();
      }
    }
  }

  @Test
  void enforcesBetweenContainersAndIsUpgradedUnnoticed() {
    try (Place place = new Place()) {
      Pod api = place.pod("payments", "api", "app: payments-api");
      Pod web = place.pod("frontend", "web", "app: web");
      place.cluster.write("default-deny", Mission.DEFAULT_DENY);
      place.cluster.write("allow-frontend", Mission.ALLOW_FRONTEND);
      try (EchoServer open = Expect.serve(api, false, ALLOWED);
          EchoServer closed = Expect.serve(api, false, FORBIDDEN)) {
        Expect.reachable(web, closed.address());

        long begun = System.nanoTime();
        GenericContainer<?> first = place.agent(Engine.IMAGE);
        long enforcing = System.nanoTime() - begun;
        Expect.unreachable(web, closed.address());
        Expect.reachable(web, open.address());

        upgrade(place, first, web, open, closed);
        System.out.printf(
            "ImageTest: enforcing %d ms after the container was asked for%n",
            Duration.ofNanos(enforcing).toMillis());

        place.detach(Engine.IMAGE);
        Expect.reachable(web, closed.address());
        assertEquals(List.of(), place.pins.left());
      }
    }
  }

  /** To a version with another map size: its state is new, and takes over the old one's flows. */
  private static void upgrade(
      Place place, GenericContainer<?> first, Pod web, EchoServer open, EchoServer closed) {
    String next = Engine.changed(first, "next", "MERLON_MAP_FLOWS=65536");
    long passed = closed.accepted();
    try (ConnectionLoad load = new ConnectionLoad(web.namespace(), open.address(), 2);
        ConnectionAttempts forbidden = new ConnectionAttempts(web, closed.address())) {
      Await.until("connections", STARTING, () -> load.answered() > 200);
      first.stop();
      assertFalse(AgentPage.isReady(place.network.node()));
      long without = load.answered() + 200;
      Await.until("connections without an agent", STARTING, () -> load.answered() > without);
      GenericContainer<?> second = place.agent(next);
      String status = AgentPage.get(place.network.node(), "/v1/status");
      assertTrue(status.contains("beside an older state"), status);
      long with = load.answered() + 200;
      Await.until("connections with the next agent", STARTING, () -> load.answered() > with);
      load.end();
      System.out.printf(
          "ImageTest: upgraded under %d connections, %d lost, %d SYNs sent again; %d forbidden"
              + " connections tried, %d passed%n",
          load.answered(),
          load.lost(),
          load.synRetransmissions(),
          forbidden.made(),
          closed.accepted() - passed);
      assertEquals(0, load.lost());
      assertEquals(0, load.synRetransmissions());
      assertTrue(forbidden.made() > 0);
      assertEquals(passed, closed.accepted());
      second.stop();
    } finally {
      Engine.remove(next);
    }
  }
}
