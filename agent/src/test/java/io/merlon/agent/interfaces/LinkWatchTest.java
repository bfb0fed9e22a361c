package io.merlon.agent.interfaces;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.identity.Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On a real kernel, in a namespace of the test's own. */
class LinkWatchTest {
  private static final int SECONDS = 20;

  private final OwnNamespace namespace = new OwnNamespace();
  private final BlockingQueue<LinkEvent> events = new LinkedBlockingQueue<>();

  @AfterEach
  void leave() {
    namespace.close();
  }

  private LinkWatch watch() {
    return namespace.call(() -> LinkWatch.start(events::add));
  }

  /** All events up to the first of this kind, which is the last. */
  private List<LinkEvent> until(Predicate<LinkEvent> last) throws InterruptedException {
    List<LinkEvent> seen = new ArrayList<>();
    while (true) {
      LinkEvent event = events.poll(SECONDS, TimeUnit.SECONDS);
      assertNotNull(event, "only " + seen);
      seen.add(event);
      if (last.test(event)) {
        return seen;
      }
    }
  }

  private List<LinkEvent> untilSynced() throws InterruptedException {
    return until(event -> event instanceof LinkEvent.Synced);
  }

  private static Link link(LinkEvent event) {
    return switch (event) {
      case LinkEvent.Appeared(Link link) -> link;
      case LinkEvent.Changed(_, Link link) -> link;
      case LinkEvent.Vanished(Link link) -> link;
      default -> throw new AssertionError("no link in " + event);
    };
  }

  private static Predicate<LinkEvent> appeared(String name) {
    return event -> event instanceof LinkEvent.Appeared(Link link) && link.name().equals(name);
  }

  @Test
  void tellsWhatIsThereBeforeItIsSynced() throws InterruptedException {
    namespace.ip(
        "link add eni0 address 0a:58:00:00:00:01 type veth peer name pod0",
        "link set eni0 up",
        "link set pod0 up",
        "route add 10.0.0.1/32 dev eni0",
        "route add fd00::1/128 dev eni0",
        "route add 10.9.0.0/16 dev eni0");
    try (LinkWatch watch = watch()) {
      List<LinkEvent> seen = untilSynced();
      Set<String> names = new TreeSet<>();
      Set<String> routes = new TreeSet<>();
      for (LinkEvent event : seen) {
        if (event instanceof LinkEvent.Appeared(Link link)) {
          names.add(link.name());
        } else if (event instanceof LinkEvent.RouteAdded(Address address, _)) {
          routes.add(address.toString());
        }
      }
      assertEquals(Set.of("lo", "eni0", "pod0"), names);
      assertEquals(Set.of("10.0.0.1", "fd00::1"), routes);
      Link eni = link(seen.stream().filter(appeared("eni0")).findFirst().orElseThrow());
      Link pod = link(seen.stream().filter(appeared("pod0")).findFirst().orElseThrow());
      assertEquals("veth", eni.kind());
      assertEquals("0a:58:00:00:00:01", eni.mac());
      assertTrue(eni.up());
      assertEquals(new Link.Peer(pod.ifindex(), -1), eni.peer());
      assertEquals(0, watch.overruns());
    }
  }

  @Test
  void tellsLinksAsTheyComeChangeAndGo() throws InterruptedException {
    try (LinkWatch watch = watch()) {
      assertNotNull(watch);
      untilSynced();
      namespace.ip("link add a0 type veth peer name b0");
      Link a = link(until(appeared("a0")).getLast());
      namespace.ip("link set a0 name a1");
      LinkEvent renamed =
          until(e -> e instanceof LinkEvent.Changed(_, Link now) && now.name().equals("a1"))
              .getLast();
      assertEquals(a.ifindex(), link(renamed).ifindex());
      namespace.ip("link delete a1");
      LinkEvent gone =
          until(e -> e instanceof LinkEvent.Vanished(Link v) && v.ifindex() == a.ifindex())
              .getLast();
      assertEquals("a1", link(gone).name());
    }
  }

  @Test
  void tellsWhichNamespaceThePeerIsIn() throws InterruptedException {
    try (OwnNamespace pod = new OwnNamespace();
        LinkWatch watch = watch()) {
      assertNotNull(watch);
      untilSynced();
      Process sleeper = pod.start("sleep", "60");
      try {
        namespace.ip("link add eni7 type veth peer name eth0 netns " + sleeper.pid());
      } finally {
        sleeper.destroy();
      }
      Link link = link(until(appeared("eni7")).getLast());
      assertNotEquals(-1, Objects.requireNonNull(link.peer()).namespace());
    }
  }

  @Test
  void tellsHostRoutesAndTheirEndWithTheLink() throws InterruptedException {
    namespace.ip(
        "link add v0 type veth peer name v1",
        "link add w0 type veth peer name w1",
        "link set v0 up",
        "link set w0 up");
    try (LinkWatch watch = watch()) {
      assertNotNull(watch);
      untilSynced();
      int v = namespace.call(() -> io.merlon.bpf.Interfaces.index("v0"));
      int w = namespace.call(() -> io.merlon.bpf.Interfaces.index("w0"));
      Address address = Address.of("10.0.0.5");
      namespace.ip("route add 10.0.0.5/32 dev v0");
      until(new LinkEvent.RouteAdded(address, v)::equals);
      namespace.ip("route replace 10.0.0.5/32 dev w0");
      List<LinkEvent> seen = until(new LinkEvent.RouteAdded(address, w)::equals);
      assertTrue(seen.contains(new LinkEvent.RouteRemoved(address, v)), seen.toString());
      namespace.ip("link delete w0");
      List<LinkEvent> end = until(e -> e instanceof LinkEvent.Vanished(Link l) && l.ifindex() == w);
      assertTrue(end.contains(new LinkEvent.RouteRemoved(address, w)), end.toString());
    }
  }

  @Test
  void findsAllAgainAfterAnOverrun() throws InterruptedException {
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (LinkWatch watch =
        namespace.call(() ->
            LinkWatch.start(
                event -> {
                  events.add(event);
                  if (event instanceof LinkEvent.Appeared(Link link)
                      && link.name().equals("stop")) {
                    blocked.countDown();
                    await(goOn);
                  }
                },
                4096))) {
      untilSynced();
      namespace.ip("link add stop type veth peer name stopped");
      assertTrue(blocked.await(SECONDS, TimeUnit.SECONDS));
      List<String> commands = new ArrayList<>(List.of("link delete stop"));
      for (int i = 0; i < 100; i++) {
        commands.add("link add many%d type veth peer name peer%d".formatted(i, i));
      }
      for (int i = 0; i < 50; i++) {
        commands.add("link delete many" + i);
      }
      namespace.ip(commands.toArray(String[]::new));
      goOn.countDown();
      Set<String> links = new HashSet<>(Set.of("lo"));
      for (LinkEvent event : untilSynced()) {
        switch (event) {
          case LinkEvent.Appeared(Link link) ->
              assertTrue(links.add(link.name()), "twice: " + link.name());
          case LinkEvent.Vanished(Link link) ->
              assertTrue(links.remove(link.name()), "never was: " + link.name());
          default -> {}
        }
      }
      Set<String> expected = new HashSet<>(Set.of("lo"));
      for (int i = 50; i < 100; i++) {
        expected.add("many" + i);
        expected.add("peer" + i);
      }
      assertEquals(expected, links);
      assertTrue(watch.overruns() > 0, "the kernel lost nothing");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void closingEndsTheThreadAndItsDescriptors() throws Exception {
    long before = sockets();
    LinkWatch watch = watch();
    untilSynced();
    assertTrue(sockets() > before);
    watch.close();
    assertEquals(before, sockets());
    assertTrue(Thread.getAllStackTraces().keySet().stream().noneMatch(LinkWatchTest::watches));
  }

  private static boolean watches(Thread thread) {
    return thread.getName().equals("link-watch");
  }

  private static long sockets() throws IOException {
    try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
      return fds.filter(Files::isSymbolicLink).filter(LinkWatchTest::isSocket).count();
    }
  }

  private static boolean isSocket(Path fd) {
    try {
      String target = Files.readSymbolicLink(fd).toString();
      return target.startsWith("socket:") || target.contains("eventfd");
    } catch (IOException gone) {
      return false;
    }
  }
}
