package io.merlon.agent.watch;

import static io.merlon.agent.watch.TestApiServer.answer;
import static io.merlon.agent.watch.TestApiServer.lists;
import static io.merlon.agent.watch.TestApiServer.watches;
import static io.merlon.agent.watch.WatchedKind.CLUSTER_NETWORK_POLICIES;
import static io.merlon.agent.watch.WatchedKind.NAMESPACES;
import static io.merlon.agent.watch.WatchedKind.NETWORK_POLICIES;
import static io.merlon.agent.watch.WatchedKind.PODS;
import static io.merlon.agent.watch.WatchedKind.POD_IDENTITY_ASSOCIATIONS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.api.ClusterEvent.Kind;
import io.merlon.agent.watch.KindStatus.Condition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClusterWatchTest {
  private static final String ON_NODE = "'spec':{'nodeName':'me'}";
  private static final String ELSEWHERE = "'spec':{'nodeName':'other'}";
  private static final String CNP = "'spec':{'tier':'Admin','priority':1,'subject':{}}";

  @TempDir Path folder;
  private final TestApiServer server = new TestApiServer();
  private final RecordingSink sink = new RecordingSink();
  private final FastPace pace = new FastPace();
  private @Nullable ClusterWatch watch;

  @AfterEach
  void tearDown() {
    if (watch != null) {
      watch.close();
    }
    server.close();
  }

  private ClusterWatch open(int pageSize, Duration patience) {
    return open(pageSize, patience, Duration.ofSeconds(60));
  }

  private ClusterWatch open(int pageSize, Duration patience, Duration silence) {
    var settings = new WatchSettings("me", pageSize, patience, silence, Duration.ofSeconds(5));
    var opened = ClusterWatch.open(server.address(folder, "secret"), settings, sink, pace);
    watch = opened;
    return opened;
  }

  private ClusterWatch open(ApiServer address) {
    var settings = WatchSettings.forNode("me");
    var opened = ClusterWatch.open(address, settings, sink, pace);
    watch = opened;
    return opened;
  }

  private ClusterWatch openAndSync() {
    ClusterWatch opened = open(500, Duration.ofSeconds(10));
    sink.awaitLog("=ALL");
    return opened;
  }

  private static KindStatus status(ClusterWatch watch, Kind kind) {
    return watch.staleness().kinds().stream()
        .filter(status -> status.kind() == kind)
        .findFirst()
        .orElseThrow();
  }

  private List<String> heardOf(Kind kind) {
    return sink.log(entry -> entry.substring(1).startsWith(kind + " "));
  }

  @Test
  void tellsThePodsOfItsNodeFirstAndListsInPages() {
    for (int i = 0; i < 7; i++) {
      server.put(PODS, "n", "p" + i, i % 2 == 1 ? ON_NODE : ELSEWHERE);
    }
    open(3, Duration.ofSeconds(10));
    sink.awaitLog("=ALL");
    List<String> pods = sink.log(entry -> entry.contains("POD n/") || entry.equals("=OWN_PODS"));
    assertEquals(
        List.of(
            "+POD n/p1",
            "+POD n/p3",
            "+POD n/p5",
            "=OWN_PODS",
            "+POD n/p0",
            "+POD n/p2",
            "+POD n/p4",
            "+POD n/p6"),
        pods);
    assertEquals(
        List.of(
            "/api/v1/pods?limit=3&fieldSelector=spec.nodeName%3Dme",
            "/api/v1/pods?limit=3",
            "/api/v1/pods?limit=3&continue=107%2F3",
            "/api/v1/pods?limit=3&continue=107%2F6"),
        server.requests(lists(PODS)));
  }

  @Test
  void tellsChangesAsTheyCome() {
    server.put(PODS, "n", "p", ON_NODE);
    openAndSync();
    server.put(PODS, "n", "q", ELSEWHERE);
    server.put(PODS, "n", "p", "'spec':{'nodeName':'me','hostNetwork':true}");
    server.delete(PODS, "n", "q");
    sink.awaitLog("-POD n/q");
    assertEquals(List.of("+POD n/p", "+POD n/q", "+POD n/p", "-POD n/q"), heardOf(Kind.POD));
  }

  @Test
  void anObjectThatDidNotChangeForUsMakesNoEvent() {
    server.put(PODS, "n", "p", "'status':{'conditions':[]}");
    openAndSync();
    server.put(PODS, "n", "p", "'status':{'conditions':[{'type':'Ready'}]}");
    server.put(PODS, "n", "q", "");
    sink.awaitLog("+POD n/q");
    assertEquals(List.of("+POD n/p", "+POD n/q"), heardOf(Kind.POD));
  }

  @Test
  void goesOnWhereADroppedWatchWas() {
    openAndSync();
    long seen = server.put(PODS, "n", "p", "");
    sink.awaitLog("+POD n/p");
    server.dropWatches(PODS);
    server.put(PODS, "n", "q", "");
    sink.awaitLog("+POD n/q");
    assertEquals(2, server.requests(lists(PODS)).size(), "own pods and all, once");
    String last = server.requests(watches(PODS)).getLast();
    assertTrue(last.endsWith("&resourceVersion=" + seen), last);
  }

  @Test
  void aBookmarkMovesThePlaceToGoOnFrom() {
    ClusterWatch opened = openAndSync();
    long seen = server.put(PODS, "n", "p", "");
    sink.awaitLog("+POD n/p"); // The watch is there, and its beginning is no contact to come.
    pace.advance(Duration.ofMinutes(1));
    server.bookmark(PODS);
    sink.await("contact", () -> status(opened, Kind.POD).sinceContact().isZero());
    int before = server.requests(watches(PODS)).size();
    server.dropWatches(PODS);
    sink.await("another", () -> server.requests(watches(PODS)).size() > before);
    String last = server.requests(watches(PODS)).getLast();
    assertTrue(last.endsWith("&resourceVersion=" + (seen + 1)), last);
  }

  @Test
  void listsAgainWhenItsPlaceIsForgottenAndTellsOnlyTheDifference() {
    server.put(PODS, "n", "stays", "");
    server.put(PODS, "n", "goes", "");
    server.put(PODS, "n", "changes", "");
    openAndSync();
    server.atOnce(() -> {
      server.delete(PODS, "n", "goes");
      server.put(PODS, "n", "changes", ON_NODE);
      server.put(PODS, "n", "comes", "");
      server.forget(PODS);
    });
    sink.awaitLog("-POD n/goes");
    assertEquals(
        List.of("+POD n/changes", "+POD n/comes", "-POD n/goes"),
        heardOf(Kind.POD).stream().skip(3).toList());
  }

  @Test
  void nothingIsGoneBeforeAListIsComplete() {
    for (int i = 0; i < 6; i++) {
      server.put(NETWORK_POLICIES, "n", "p" + i, "");
    }
    open(2, Duration.ofSeconds(10));
    sink.awaitLog("=ALL");
    // Every way a list can end early, at its second page: each leaves all as it was.
    var second = lists(NETWORK_POLICIES).and(request -> request.contains("continue"));
    server.trouble(1, second, answer(500, "no"));
    server.trouble(1, second, answer(200, "{\"kind\":\"List\",\"items\":["));
    server.trouble(1, second, answer(200, "{}"));
    server.trouble(1, second, answer(200, "<html>welcome</html>"));
    server.trouble(1, second, answer(200, "{\"metadata\":{\"resourceVersion\":\"9\"}}"));
    server.trouble(1, second, answer(200, "{\"items\":[]}"));
    server.trouble(1, second, answer(200, ""));
    server.atOnce(() -> {
      server.delete(NETWORK_POLICIES, "n", "p5");
      server.forget(NETWORK_POLICIES);
    });
    sink.awaitLog("-NETWORK_POLICY n/p5");
    assertEquals(List.of("-NETWORK_POLICY n/p5"), sink.log(entry -> entry.startsWith("-")));
    assertEquals(1 + 7 + 1, server.requests(lists(NETWORK_POLICIES).and(second.negate())).size());
  }

  @Test
  void asksForEverythingAtOnceWhenPagesExpireFasterThanTheyAreRead() {
    for (int i = 0; i < 5; i++) {
      server.put(PODS, "n", "p" + i, "");
    }
    server.trouble(
        1,
        lists(PODS).and(request -> request.contains("continue")),
        answer(410, TestApiServer.expired()));
    open(2, Duration.ofSeconds(10));
    sink.awaitLog("=ALL");
    assertEquals(5, sink.state().size());
    assertEquals("/api/v1/pods?limit=0", server.requests(lists(PODS)).getLast());
  }

  @Test
  void duplicatedAndReorderedEventsAreHarmless() {
    openAndSync();
    server.put(PODS, "n", "p", ""); // 0
    server.put(PODS, "n", "p", ON_NODE); // 1
    server.put(PODS, "n", "q", ""); // 2
    server.delete(PODS, "n", "q"); // 3
    server.put(PODS, "n", "r", ""); // 4
    server.delete(PODS, "n", "r"); // 5
    server.put(PODS, "n", "r", ON_NODE); // 6
    sink.await("r again", () -> heardOf(Kind.POD).size() == 7);
    server.repeat(PODS, 1, 0, 3, 2, 5, 4, 6, 0, 5);
    server.put(PODS, "n", "end", "");
    sink.awaitLog("+POD n/end");
    assertEquals(8, heardOf(Kind.POD).size(), sink.log()::toString);
    assertEquals(3, sink.state().size());
  }

  @Test
  void errorsAreWaitedOutForAtLeastAsLongAsTheServerAsks() {
    server.trouble(3, lists(NAMESPACES), answer(500, "{\"message\":\"etcd\"}"));
    server.trouble(1, lists(NAMESPACES), answer(429, "", "Retry-After", "7"));
    server.put(NAMESPACES, "", "n", "");
    ClusterWatch opened = openAndSync();
    assertTrue(
        pace.pauses()
            .containsAll(
                List.of(
                    Duration.ofMillis(100),
                    Duration.ofMillis(200),
                    Duration.ofMillis(400),
                    Duration.ofSeconds(7))),
        () -> pace.pauses().toString());
    KindStatus status = status(opened, Kind.NAMESPACE);
    assertEquals(4, status.failures());
    assertEquals(Condition.KNOWN, status.condition());
    assertEquals(null, status.lastFailure());
  }

  @Test
  void aServerThatDoesNotAnswerIsAskedAgain() {
    var never = new CountDownLatch(1);
    server.trouble(
        1,
        lists(NAMESPACES),
        (_, _) -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return true;
        });
    server.put(NAMESPACES, "", "n", "");
    open(500, Duration.ofMillis(300));
    sink.awaitLog("=ALL");
    assertEquals(1, sink.state().size());
    never.countDown();
  }

  @Test
  void aWatchThatFallsSilentIsOpenedAgain() {
    open(500, Duration.ofSeconds(10), Duration.ofMillis(200));
    sink.awaitLog("=ALL");
    sink.await("more watches", () -> server.requests(watches(PODS)).size() > 2);
    server.put(PODS, "n", "p", "");
    sink.awaitLog("+POD n/p");
  }

  @Test
  void anExpiredTokenIsReadAgain() throws IOException {
    server.demandToken("secret");
    ClusterWatch opened = openAndSync();
    sink.await("a watch", () -> server.isWatched(PODS));
    server.demandToken("rotated");
    server.dropWatches(PODS);
    server.put(PODS, "n", "p", "");
    sink.await("a refusal", () -> status(opened, Kind.POD).failures() > 0);
    Files.writeString(folder.resolve("kubeconfig"), server.kubeconfig("rotated"));
    sink.awaitLog("+POD n/p");
    assertEquals(2, server.requests(lists(PODS)).size(), "it went on from where it was");
  }

  @Test
  void aServiceAccountsTokenIsReadForEveryRequest() throws IOException {
    // As the kubelet replaces it: a link to a folder is swapped for another.
    Path data = folder.resolve("..data");
    Path first = Files.createDirectory(folder.resolve("..first"));
    Path second = Files.createDirectory(folder.resolve("..second"));
    Files.writeString(first.resolve("token"), "one\n");
    Files.writeString(second.resolve("token"), "two\n");
    Files.createSymbolicLink(data, first);
    Files.createSymbolicLink(folder.resolve("token"), Path.of("..data/token"));
    server.demandToken("one");
    ClusterWatch opened = open(ApiServer.of(server.url(), folder));
    sink.awaitLog("=ALL");
    sink.await("a watch", () -> server.isWatched(PODS));
    server.demandToken("two");
    server.dropWatches(PODS);
    server.put(PODS, "n", "p", "");
    sink.await("a refusal", () -> status(opened, Kind.POD).failures() > 0);
    Files.delete(data);
    Files.createSymbolicLink(data, second);
    sink.awaitLog("+POD n/p");
    assertEquals(2, server.requests(lists(PODS)).size(), "it went on from where it was");
  }

  @Test
  void aPodWithoutAKubeconfigUsesItsServiceAccount() {
    var inPod = Map.of("KUBERNETES_SERVICE_HOST", "fd00::1", "KUBERNETES_SERVICE_PORT", "6443");
    assertEquals("https://[fd00::1]:6443/", ApiServer.configured(inPod, folder, folder).toString());
  }

  @Test
  void aFolderOfCredentialsIsAServiceAccounts() {
    assertEquals("https://kubernetes.default.svc:443/", ApiServer.of(folder).toString());
  }

  @Test
  void aServerThatDiesAndComesBackIsFollowedFromWhereItWas() {
    server.put(PODS, "n", "stays", "");
    server.put(PODS, "n", "goes", "");
    openAndSync();
    server.restart(() -> {
      server.delete(PODS, "n", "goes");
      server.put(PODS, "n", "comes", "");
    });
    sink.awaitLog("-POD n/goes");
    sink.awaitLog("+POD n/comes");
    assertEquals(4, heardOf(Kind.POD).size(), sink.log()::toString);
    assertEquals(2, server.requests(lists(PODS)).size(), "own pods and all, once");
  }

  /**
   * Each waits up to 45 s by then: without word, pods would be known so much later than policies.
   */
  @Test
  void theFirstKindThatReachesAServerAgainSparesTheOthersTheirWait() {
    ClusterWatch opened = openAndSync();
    pace.onlyWordWakesAllBut("merlon-watch-namespaces");
    server.stop();
    sink.await(
        "all kinds fail",
        () -> opened.staleness().kinds().stream().allMatch(kind -> kind.lastFailure() != null));
    pace.advance(Duration.ofMinutes(3));
    server.put(PODS, "n", "comes", "");
    server.resume();
    sink.awaitLog("+POD n/comes");
  }

  @Test
  void listsThatSucceedAndWatchesThatBreakOffAreNoStormOfLists() {
    server.trouble(12, watches(PODS), answer(200, ""));
    openAndSync();
    sink.await("a lasting watch", () -> server.requests(watches(PODS)).size() > 12);
    assertPausesGrow();
  }

  /** It is not away: nobody looks out for it. */
  @Test
  void listsThatBreakOffAreNoStormOfLists() {
    server.trouble(12, lists(NAMESPACES), answer(200, "{\"kind\":\"NamespaceList\","));
    openAndSync();
    assertPausesGrow();
  }

  private void assertPausesGrow() {
    List<Long> pauses =
        // Besides, absent kinds are asked for every five seconds.
        pace.pauses().stream().map(Duration::toMillis).filter(ms -> ms != 5_000).limit(12).toList();
    assertEquals(
        List.of(
            100L, 200L, 400L, 800L, 1_600L, 3_200L, 6_400L, 12_800L, 25_600L, 30_000L, 30_000L,
            30_000L),
        pauses);
  }

  @Test
  void anOldEventDoesNotBringBackWhatAListDidNotHold() {
    openAndSync();
    server.put(PODS, "n", "p", ""); // 0
    sink.awaitLog("+POD n/p");
    String event = server.event(PODS, 0);
    server.atOnce(() -> {
      server.delete(PODS, "n", "p");
      server.forget(PODS);
    });
    sink.awaitLog("-POD n/p");
    server.sendRaw(PODS, Long.MAX_VALUE, event);
    server.put(PODS, "n", "q", "");
    sink.awaitLog("+POD n/q");
    assertEquals(List.of("+POD n/p", "-POD n/p", "+POD n/q"), heardOf(Kind.POD));
  }

  @Test
  void aServerWhosePastIsLostIsListedAgain() {
    server.put(PODS, "n", "p", "");
    ClusterWatch opened = openAndSync();
    sink.await("a watch", () -> !server.requests(watches(PODS)).isEmpty());
    server.send(PODS, "BOOKMARK", Long.MAX_VALUE, "{\"metadata\":{\"resourceVersion\":\"7\"}}");
    sink.await("a list", () -> status(opened, Kind.POD).lists() == 2);
    assertEquals(List.of("+POD n/p"), heardOf(Kind.POD));
  }

  @Test
  void pagesThatExpireInTheMiddleOfALaterListTakeNothingAway() {
    for (int i = 0; i < 6; i++) {
      server.put(NETWORK_POLICIES, "n", "p" + i, "");
    }
    open(2, Duration.ofSeconds(10));
    sink.awaitLog("=ALL");
    server.trouble(
        1,
        lists(NETWORK_POLICIES).and(request -> request.contains("continue")),
        answer(410, TestApiServer.expired()));
    server.atOnce(() -> {
      server.delete(NETWORK_POLICIES, "n", "p5");
      server.forget(NETWORK_POLICIES);
    });
    sink.awaitLog("-NETWORK_POLICY n/p5");
    assertEquals(List.of("-NETWORK_POLICY n/p5"), sink.log(entry -> entry.startsWith("-")));
    String last = server.requests(lists(NETWORK_POLICIES)).getLast();
    assertTrue(last.endsWith("?limit=0"), last);
  }

  @Test
  void aSinkThatThrowsWhenToldHowMuchIsKnownIsToldAgain() {
    sink.refuseSync(2);
    ClusterWatch opened = openAndSync();
    sink.await("all", () -> opened.sync() == SyncState.ALL);
    assertEquals(1, sink.log(entry -> entry.equals("=ALL")).size());
  }

  @Test
  void aKindThatIsInstalledLaterIsKnownThenAndGoneWhenItIsRemoved() {
    ClusterWatch opened = openAndSync();
    assertEquals(Condition.ABSENT, status(opened, Kind.CLUSTER_NETWORK_POLICY).condition());
    server.put(CLUSTER_NETWORK_POLICIES, "", "c", CNP);
    server.install(CLUSTER_NETWORK_POLICIES);
    sink.awaitLog("+CLUSTER_NETWORK_POLICY c");
    sink.await(
        "known", () -> status(opened, Kind.CLUSTER_NETWORK_POLICY).condition() == Condition.KNOWN);
    server.uninstall(CLUSTER_NETWORK_POLICIES);
    sink.awaitLog("-CLUSTER_NETWORK_POLICY c");
    sink.await(
        "absent",
        () -> status(opened, Kind.CLUSTER_NETWORK_POLICY).condition() == Condition.ABSENT);
    server.install(CLUSTER_NETWORK_POLICIES);
    sink.await("back", () -> heardOf(Kind.CLUSTER_NETWORK_POLICY).size() == 3);
  }

  @Test
  void aServerThatDeniesAKindForAMomentDoesNotMakeItGone() {
    server.install(CLUSTER_NETWORK_POLICIES);
    server.put(CLUSTER_NETWORK_POLICIES, "", "c", CNP);
    ClusterWatch opened = openAndSync();
    // It denies the kind to the watch and to one list, and its group; then it has it again.
    server.trouble(1, watches(CLUSTER_NETWORK_POLICIES), answer(404, "404 page not found"));
    server.trouble(
        1, ("/" + CLUSTER_NETWORK_POLICIES.group())::equals, answer(404, "404 page not found"));
    server.dropWatches(CLUSTER_NETWORK_POLICIES);
    sink.await("another list", () -> status(opened, Kind.CLUSTER_NETWORK_POLICY).lists() > 1);
    // It denies the kind while it still says that it serves it.
    server.trouble(5, lists(CLUSTER_NETWORK_POLICIES), answer(404, "404 page not found"));
    server.forget(CLUSTER_NETWORK_POLICIES);
    sink.await("a third list", () -> status(opened, Kind.CLUSTER_NETWORK_POLICY).lists() > 2);
    assertEquals(List.of("+CLUSTER_NETWORK_POLICY c"), heardOf(Kind.CLUSTER_NETWORK_POLICY));
  }

  @Test
  void aForbiddenKindKeepsTheStateFromBeingAllUnlessItIsOnlyWantedIfVisible() {
    var forbidden = answer(403, "{\"reason\":\"Forbidden\"}");
    server.install(POD_IDENTITY_ASSOCIATIONS);
    server.trouble(Integer.MAX_VALUE, lists(POD_IDENTITY_ASSOCIATIONS), forbidden);
    server.trouble(3, lists(NAMESPACES), forbidden);
    ClusterWatch opened = open(500, Duration.ofSeconds(10));
    sink.await("failures", () -> status(opened, Kind.NAMESPACE).failures() == 3);
    sink.awaitLog("=ALL");
    assertEquals(Condition.ABSENT, status(opened, Kind.POD_IDENTITY_ASSOCIATION).condition());
    assertTrue(sink.log().indexOf("=ALL") > sink.log().indexOf("=OWN_PODS"), sink.log()::toString);
  }

  @Test
  void aForbiddenCustomKindThatIsNotInstalledIsAbsent() {
    var forbidden = answer(403, "{\"reason\":\"Forbidden\"}");
    server.trouble(Integer.MAX_VALUE, lists(CLUSTER_NETWORK_POLICIES), forbidden);
    ClusterWatch opened = openAndSync();
    assertEquals(Condition.ABSENT, status(opened, Kind.CLUSTER_NETWORK_POLICY).condition());
    server.install(CLUSTER_NETWORK_POLICIES);
    sink.await(
        "a complaint", () -> status(opened, Kind.CLUSTER_NETWORK_POLICY).lastFailure() != null);
  }

  @Test
  void associationsAreKnownByTheServiceAccountTheyAreFor() {
    server.install(POD_IDENTITY_ASSOCIATIONS);
    String spec = "'spec':{'serviceAccount':'sa','roleARN':'%s'}";
    server.put(POD_IDENTITY_ASSOCIATIONS, "n", "one", spec.formatted("r1"));
    openAndSync();
    server.put(POD_IDENTITY_ASSOCIATIONS, "n", "two", spec.formatted("r2"));
    server.delete(POD_IDENTITY_ASSOCIATIONS, "n", "two");
    sink.await("r1 again", () -> heardOf(Kind.POD_IDENTITY_ASSOCIATION).size() == 3);
    assertTrue(sink.state().toString().contains("r1"), sink.state()::toString);
    server.put(POD_IDENTITY_ASSOCIATIONS, "n", "one", spec.formatted("r1").replace("sa", "sb"));
    sink.awaitLog("-POD_IDENTITY_ASSOCIATION n/sa");
    server.delete(POD_IDENTITY_ASSOCIATIONS, "n", "one");
    sink.awaitLog("-POD_IDENTITY_ASSOCIATION n/sb");
    assertEquals(0, sink.state().size());
  }

  @Test
  void staleKnowledgeSaysHowOldItIs() {
    ClusterWatch opened = openAndSync();
    sink.await("all", () -> opened.sync() == SyncState.ALL);
    assertEquals(Duration.ZERO, opened.staleness().worst());
    server.trouble(Integer.MAX_VALUE, request -> true, answer(503, ""));
    for (WatchedKind kind : WatchedKind.values()) {
      server.dropWatches(kind);
    }
    sink.await("failures", () -> status(opened, Kind.POD).lastFailure() != null);
    pace.advance(Duration.ofMinutes(3));
    assertEquals(Duration.ofMinutes(3), opened.staleness().worst());
    assertEquals(SyncState.ALL, opened.sync());
    assertEquals(List.of(), sink.log(entry -> entry.startsWith("-")));
  }

  @Test
  void whatTheSinkDoesNotTakeIsOfferedAgain() {
    ClusterWatch opened = openAndSync();
    sink.refuse(3);
    server.put(PODS, "n", "p", "");
    sink.awaitLog("+POD n/p");
    assertEquals(3, status(opened, Kind.POD).refusals());
  }

  @Test
  void anObjectThatCannotBeReadIsCountedAndKeepsItsLastState() {
    server.put(NETWORK_POLICIES, "n", "p", "'spec':{'podSelector':{}}");
    ClusterWatch opened = openAndSync();
    server.put(NETWORK_POLICIES, "n", "p", "'spec':{'podSelector':7}");
    server.put(NETWORK_POLICIES, "n", "q", "");
    sink.awaitLog("+NETWORK_POLICY n/q");
    server.forget(NETWORK_POLICIES);
    sink.await("a list", () -> status(opened, Kind.NETWORK_POLICY).lists() == 2);
    assertEquals(
        List.of("+NETWORK_POLICY n/p", "+NETWORK_POLICY n/q"), heardOf(Kind.NETWORK_POLICY));
    assertEquals(List.of("n/p"), status(opened, Kind.NETWORK_POLICY).unread());
    server.delete(NETWORK_POLICIES, "n", "p");
    sink.await("nothing unread", () -> opened.staleness().unread().isEmpty());
  }

  @Test
  void aWatchThatMakesNoSenseEndsInAList() {
    openAndSync();
    for (int i = 0; i < 3; i++) {
      server.trouble(1, watches(PODS), answer(200, "{\"type\":\"ADDED\",\"object\":{\"meta"));
    }
    server.dropWatches(PODS);
    sink.await("a list", () -> server.requests(lists(PODS)).size() == 4);
    server.put(PODS, "n", "p", "");
    sink.awaitLog("+POD n/p");
  }

  @Test
  void anEventWhoseTypeComesLastIsUnderstood() {
    openAndSync();
    server.sendRaw(
        PODS,
        1_000,
        "{\"object\":{\"metadata\":{\"name\":\"p\",\"namespace\":\"n\",\"resourceVersion\":\"1000\"}},"
            + "\"extra\":{\"a\":[1]},\"type\":\"ADDED\"}\n");
    sink.awaitLog("+POD n/p");
  }

  @Test
  void closingEndsItsThreads() {
    ClusterWatch opened = openAndSync();
    opened.close();
    assertFalse(
        Thread.getAllStackTraces().keySet().stream()
            .anyMatch(thread -> thread.isAlive() && thread.getName().startsWith("merlon-watch-")));
    int heard = sink.log().size();
    server.put(PODS, "n", "p", "");
    assertEquals(heard, sink.log().size());
  }
}
