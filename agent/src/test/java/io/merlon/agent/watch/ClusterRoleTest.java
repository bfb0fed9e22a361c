package io.merlon.agent.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.deploy.Manifests;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rights that are given are those that a recorded run used: no more, and no fewer. */
final class ClusterRoleTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final Pattern PATH =
      Pattern.compile(
          "(?:api/v1|apis/([^/]+)/[^/]+)/(?:namespaces/[^/]+/)?([a-z]+)(/[^/?]+)?(\\?.*)?");
  private static final ObjectProblem PROBLEM =
      ObjectProblem.ofPolicy(
          new ClusterEvent.Key(ClusterEvent.Kind.NETWORK_POLICY, "shop", "web"), "uid", "no cidr");

  @TempDir Path folder;
  private final TestApiServer server = new TestApiServer();
  private final FastPace pace = new FastPace();
  private final List<String> written = new CopyOnWriteArrayList<>();

  @AfterEach
  void tearDown() {
    server.close();
  }

  private Set<String> used() {
    for (WatchedKind kind : WatchedKind.values()) {
      server.install(kind);
    }
    server.trouble(
        Integer.MAX_VALUE,
        request -> request.startsWith("/apis/events.k8s.io/"),
        (request, exchange) -> {
          boolean patch = exchange.getRequestMethod().equals("PATCH");
          written.add((patch ? "patch" : "create") + " events.k8s.io/events");
          return TestApiServer.answer(patch ? 200 : 201, "{}").handle(request, exchange);
        });
    try (ClusterWatch watch =
        ClusterWatch.open(
            server.address(folder, "secret"),
            WatchSettings.forNode("me"),
            new RecordingSink(),
            pace)) {
      watch.tellProblems(() -> List.of(PROBLEM));
      await(() -> written.size() == 1);
      pace.advance(ProblemEvents.AGAIN);
      await(() -> written.size() == 2);
      await(() -> List.of(WatchedKind.values()).stream().allMatch(server::isWatched));
    }
    Set<String> used = new TreeSet<>(written);
    server.requests(request -> true).forEach(request -> used.addAll(verbs(request)));
    return used;
  }

  /** Questions about what groups there are need no right of one's own (system:discovery). */
  private static List<String> verbs(String request) {
    Matcher path = PATH.matcher(request.substring(1));
    if (!path.matches() || path.group(2).equals("events")) {
      return List.of();
    }
    String group = path.group(1) == null ? "" : path.group(1) + "/";
    String query = path.group(4) == null ? "" : path.group(4);
    return List.of((query.contains("watch=true") ? "watch " : "list ") + group + path.group(2));
  }

  private static void await(java.util.function.BooleanSupplier condition) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited in vain");
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** What is asked about whoever shows a token. */
  private Set<String> usedForTokens() throws IOException {
    Set<String> asked = new ConcurrentSkipListSet<>();
    server.trouble(
        Integer.MAX_VALUE,
        request -> request.contains("reviews"),
        (request, exchange) -> {
          asked.add("create " + request.replaceFirst("^/apis/([^/]+)/[^/]+/", "$1/"));
          return TestApiServer.answer(
                  201,
                  "{\"status\":{\"authenticated\":true,\"allowed\":true,\"user\":{\"username\":\"p\"}}}")
              .handle(request, exchange);
        });
    try (TokenReviews reviews = new TokenReviews(server.address(folder, "secret"))) {
      assertEquals(TokenReviews.Review.ALLOWED, reviews.review("token", "/metrics"));
    }
    return asked;
  }

  private static Set<String> given(String manifests) throws IOException {
    return given(Manifests.of(manifests));
  }

  private static Set<String> given(Manifests manifests) {
    Set<String> given = new TreeSet<>();
    for (var rule : manifests.clusterRole("merlon").getRules()) {
      for (String group : rule.getApiGroups()) {
        for (String resource : rule.getResources()) {
          for (String verb : rule.getVerbs()) {
            given.add(verb + " " + (group.isEmpty() ? "" : group + "/") + resource);
          }
        }
      }
    }
    return given;
  }

  @Test
  void givesWhatARunUses() throws IOException {
    Set<String> used = used();
    assertEquals(used, given("eks"));
    List<String> ofEks = new ArrayList<>(used);
    ofEks.removeIf(right -> right.contains("podidentityassociations"));
    assertEquals(new TreeSet<>(ofEks), given("base"));
  }

  @Test
  void givesWhatTokensTakeWhereTheyAreAskedFor() throws IOException {
    Set<String> used = used();
    used.removeIf(right -> right.contains("podidentityassociations"));
    used.addAll(usedForTokens());
    assertEquals(
        used, given(Manifests.rendered("--set=exposePort=true,tls.secret=cert,tokens=true")));
  }
}
