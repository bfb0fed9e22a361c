package io.merlon.agent.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.api.ClusterEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Problems become Events: once, again while they last, and never more than the cluster bears. */
final class ProblemEventsTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final ObjectProblem CIDR = problem("web", "spec.ingress[0]: no cidr");
  private static final ObjectProblem PORT = problem("api", "spec.egress[1]: \"no\" port");

  @TempDir Path folder;
  private final TestApiServer server = new TestApiServer();
  private final FastPace pace = new FastPace();
  private final List<ObjectProblem> problems = new CopyOnWriteArrayList<>();
  private final List<String> written = new CopyOnWriteArrayList<>();
  private final AtomicInteger answer = new AtomicInteger(201);
  private final AtomicInteger patchAnswer = new AtomicInteger(200);
  private final ClusterWatch watch;

  ProblemEventsTest() throws IOException {
    server.trouble(
        Integer.MAX_VALUE,
        request -> request.startsWith("/apis/events.k8s.io/"),
        (request, exchange) -> {
          String method = exchange.getRequestMethod();
          byte[] body = exchange.getRequestBody().readAllBytes();
          written.add(method + " " + request + " " + new String(body, StandardCharsets.UTF_8));
          int code = method.equals("PATCH") ? patchAnswer.get() : answer.get();
          return TestApiServer.answer(code, "{}").handle(request, exchange);
        });
    Path kubeconfig = Files.createTempFile("merlon", ".kubeconfig");
    Files.writeString(kubeconfig, server.kubeconfig("secret"));
    watch =
        ClusterWatch.open(
            ApiServer.of(kubeconfig, null),
            WatchSettings.forNode("node-a"),
            new RecordingSink(),
            pace);
    Files.delete(kubeconfig);
    watch.tellProblems(() -> problems);
  }

  @AfterEach
  void tearDown() {
    watch.close();
    server.close();
  }

  private static ObjectProblem problem(String policy, String text) {
    return ObjectProblem.ofPolicy(
        new ClusterEvent.Key(ClusterEvent.Kind.NETWORK_POLICY, "shop", policy),
        "uid-" + policy,
        text);
  }

  @Test
  void tellsEachProblemOnce() {
    problems.add(CIDR);
    await(() -> written.size() == 1);
    assertTrue(
        written.getFirst().startsWith("POST /apis/events.k8s.io/v1/namespaces/shop/events "));
    String regarding =
        "\"regarding\":{\"apiVersion\":\"networking.k8s.io/v1\",\"kind\":\"NetworkPolicy\","
            + "\"namespace\":\"shop\",\"name\":\"web\",\"uid\":\"uid-web\"}";
    assertTrue(written.getFirst().contains(regarding), written.getFirst());
    assertTrue(written.getFirst().contains("\"note\":\"spec.ingress[0]: no cidr\""));
    assertTrue(written.getFirst().contains("\"reportingInstance\":\"node-a\""));
    assertTrue(written.getFirst().contains("\"eventTime\":\"2026-01-01T00:00:00.000000Z\""));
    problems.add(PORT);
    await(() -> written.size() == 2);
    problems.remove(CIDR);
    awaitLooks(5);
    problems.add(CIDR);
    awaitLooks(5);
    assertEquals(2, written.size(), written.toString());
  }

  @Test
  void tellsAgainWhatLasts() {
    problems.add(CIDR);
    await(() -> written.size() == 1);
    pace.advance(ProblemEvents.AGAIN);
    await(() -> written.size() == 2);
    assertTrue(
        written.get(1).startsWith("PATCH /apis/events.k8s.io/v1/namespaces/shop/events/web."));
    assertTrue(written.get(1).contains("\"series\":{\"count\":2,"), written.get(1));
    patchAnswer.set(404);
    pace.advance(ProblemEvents.AGAIN);
    await(() -> written.size() == 4);
    assertTrue(written.get(2).startsWith("PATCH "));
    assertTrue(written.get(3).startsWith("POST "), "it had expired");
  }

  @Test
  void anEventThatAnotherNodeWroteIsEnough() {
    answer.set(409);
    problems.add(CIDR);
    await(() -> written.size() == 1);
    awaitLooks(5);
    assertEquals(1, written.size());
    assertEquals(
        EventWriter.name(CIDR), EventWriter.name(problem("web", "spec.ingress[0]: no cidr")));
  }

  @Test
  void triesAgainWhatTheServerMayTakeLater() {
    answer.set(503);
    problems.add(CIDR);
    await(() -> written.size() >= 3);
    answer.set(201);
    int before = written.size();
    await(() -> written.size() > before);
    awaitLooks(5);
    int after = written.size();
    awaitLooks(5);
    assertEquals(after, written.size());
  }

  @Test
  void asksSeldomForWhatItHasNoRightTo() {
    answer.set(403);
    problems.add(CIDR);
    await(() -> pace.pauses().contains(ProblemEvents.REFUSED));
    answer.set(201);
    await(() -> written.size() == 2);
  }

  @Test
  void leavesItAtWhatTheServerWillNeverTake() {
    answer.set(422);
    problems.add(CIDR);
    await(() -> written.size() == 1);
    awaitLooks(5);
    assertEquals(1, written.size());
  }

  @Test
  void tellsSoManyAndNoMore() {
    IntStream.range(0, ProblemEvents.MOST + 50)
        .mapToObj(i -> problem("p" + i, "spec: wrong"))
        .forEach(problems::add);
    await(() -> written.size() >= ProblemEvents.MOST);
    awaitLooks(5);
    // Hours go by in those looks: what is told again is patched.
    long posts = written.stream().filter(request -> request.startsWith("POST ")).count();
    assertEquals(ProblemEvents.MOST, posts);
  }

  private void awaitLooks(int looks) {
    long before = looks();
    await(() -> looks() >= before + looks);
  }

  private long looks() {
    return pace.pauses().stream().filter(Duration.ofSeconds(2)::equals).count();
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "waited in vain");
      LockSupport.parkNanos(5_000_000);
    }
  }
}
