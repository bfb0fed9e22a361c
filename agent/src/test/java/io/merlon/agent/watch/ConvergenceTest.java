package io.merlon.agent.watch;

import static io.merlon.agent.watch.TestApiServer.answer;
import static io.merlon.agent.watch.TestApiServer.lists;
import static io.merlon.agent.watch.TestApiServer.watches;
import static io.merlon.agent.watch.WatchedKind.CLUSTER_NETWORK_POLICIES;
import static io.merlon.agent.watch.WatchedKind.NETWORK_POLICIES;
import static io.merlon.agent.watch.WatchedKind.PODS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterSnapshot;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever the server does wrong, and in whatever order, the state ends where the server is; and on
 * the way nothing is called gone that the server never deleted.
 */
final class ConvergenceTest {
  private static final int STEPS = 300;
  private static final List<WatchedKind> KINDS =
      List.of(PODS, NETWORK_POLICIES, CLUSTER_NETWORK_POLICIES);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void endsWhereTheServerIs(long seed) {
    var random = new Random(seed);
    var sink = new RecordingSink();
    var settings =
        new WatchSettings(
            "me", 3, Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofSeconds(1));
    try (var server = new TestApiServer()) {
      server.install(CLUSTER_NETWORK_POLICIES);
      var deleted = new HashSet<String>();
      try (var watch =
          ClusterWatch.open(server.address(folder, "t"), settings, sink, new FastPace())) {
        for (int step = 0; step < STEPS; step++) {
          WatchedKind kind = KINDS.get(random.nextInt(KINDS.size()));
          act(server, kind, random, deleted);
          // Whoever asks in the middle gets whole objects, each once.
          ClusterSnapshot some = watch.snapshot();
          assertEquals(some.pods().size(), Set.copyOf(some.pods()).size());
        }
        for (WatchedKind kind : KINDS) {
          server.put(kind, namespace(kind), "end", body(kind, "me"));
        }
        Set<String> expected = server.names(KINDS);
        sink.await("the server's state, seed " + seed, () -> names(sink).equals(expected));
        ClusterSnapshot all = watch.snapshot();
        assertEquals(
            objects(sink, ClusterEvent.PutPod.class, ClusterEvent.PutPod::object),
            Set.copyOf(all.pods()));
        assertEquals(
            objects(
                sink, ClusterEvent.PutNetworkPolicy.class, ClusterEvent.PutNetworkPolicy::object),
            Set.copyOf(all.networkPolicies()));
      }
      for (String gone : sink.log(entry -> entry.startsWith("-"))) {
        assertTrue(deleted.contains(gone.substring(1)), () -> gone + " was never deleted");
      }
    }
  }

  private static <E extends ClusterEvent, T> Set<T> objects(
      RecordingSink sink, Class<E> kind, Function<E, T> object) {
    return sink.state().values().stream()
        .filter(kind::isInstance)
        .map(kind::cast)
        .map(object)
        .collect(Collectors.toSet());
  }

  private static Set<String> names(RecordingSink sink) {
    return sink.state().values().stream()
        .map(ConvergenceTest::contents)
        .collect(Collectors.toSet());
  }

  /** The name and what tells versions apart. */
  private static String contents(ClusterEvent event) {
    String name = event.key().kind() + " " + event.key().name();
    return switch (event) {
      case ClusterEvent.PutPod(var pod) -> name + " " + pod.node();
      case ClusterEvent.PutNetworkPolicy(var policy) -> name + " " + policy.resourceVersion();
      case ClusterEvent.PutClusterNetworkPolicy(var policy) ->
          name + " " + policy.resourceVersion();
      default -> name;
    };
  }

  private static String namespace(WatchedKind kind) {
    return kind == CLUSTER_NETWORK_POLICIES ? "" : "n";
  }

  private static String body(WatchedKind kind, String node) {
    return kind == CLUSTER_NETWORK_POLICIES
        ? "'spec':{'tier':'Admin','priority':1,'subject':{}}"
        : "'spec':{'nodeName':'" + node + "'}";
  }

  private static void act(
      TestApiServer server, WatchedKind kind, Random random, Set<String> deleted) {
    String name = "o" + random.nextInt(12);
    switch (random.nextInt(14)) {
      case 0, 1, 2, 3, 4 ->
          server.put(
              kind, namespace(kind), name, body(kind, random.nextBoolean() ? "me" : "other"));
      case 5, 6 -> {
        String full = namespace(kind).isEmpty() ? name : namespace(kind) + "/" + name;
        deleted.add(kind.kind() + " " + full);
        server.delete(kind, namespace(kind), name);
      }
      case 7 -> server.dropWatches(kind);
      case 8 -> server.forget(kind);
      case 9 -> server.trouble(1, lists(kind), answer(random.nextBoolean() ? 500 : 410, ""));
      case 10 -> server.trouble(1, watches(kind), answer(random.nextBoolean() ? 429 : 410, ""));
      case 11 -> server.trouble(1, lists(kind), answer(200, "{\"items\":[{\"metadata\":{"));
      case 12 -> server.repeatSome(kind, random);
      default -> server.trouble(1, lists(kind).or(watches(kind)), answer(404, "not found"));
    }
  }
}
