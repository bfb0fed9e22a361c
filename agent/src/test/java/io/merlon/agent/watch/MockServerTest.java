package io.merlon.agent.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.merlon.agent.api.ClusterEvent.Kind;
import io.merlon.agent.watch.KindStatus.Condition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The watch before fabric8's mock server, as a second opinion. Its answers are whole, so a watch
 * here is a few events and its end; what needs a stream, or a server with a memory of its own, is
 * tested with {@link TestApiServer}.
 */
final class MockServerTest {
  private static final String PODS = "/api/v1/pods";
  private static final String POLICIES =
      "/apis/policy.networking.k8s.io/v1alpha2/clusternetworkpolicies";
  private static final String WATCH =
      "?watch=true&allowWatchBookmarks=true&timeoutSeconds=300&resourceVersion=";

  @TempDir Path folder;
  private final KubernetesMockServer server = new KubernetesMockServer(false);
  private final RecordingSink sink = new RecordingSink();
  private @Nullable ClusterWatch watch;

  @BeforeEach
  void everyKindIsEmptyUnlessSaidOtherwise() {
    server.init();
    for (WatchedKind kind : WatchedKind.values()) {
      if (kind.presence() == WatchedKind.Presence.ALWAYS && kind != WatchedKind.PODS) {
        always("/" + kind.path() + "?limit=2", list("1", ""));
        always("/" + kind.path() + WATCH + "1", "");
      }
    }
  }

  @AfterEach
  void tearDown() {
    if (watch != null) {
      watch.close();
    }
    server.destroy();
  }

  private ClusterWatch open() throws IOException {
    Files.writeString(folder.resolve("token"), "secret");
    var settings =
        new WatchSettings(
            "", 2, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(5));
    ApiServer address = ApiServer.of(server.url("").replaceAll("/$", ""), folder);
    ClusterWatch opened = ClusterWatch.open(address, settings, sink, new FastPace());
    watch = opened;
    return opened;
  }

  private void once(String path, int code, String body) {
    server.expect().get().withPath(path).andReturn(code, body).once();
  }

  private void always(String path, String body) {
    server.expect().get().withPath(path).andReturn(200, body).always();
  }

  private static String list(String version, String more, String... objects) {
    String next = more.isEmpty() ? "" : ",\"continue\":\"" + more + "\"";
    return Stream.of(objects)
        .collect(
            Collectors.joining(
                ",",
                "{\"metadata\":{\"resourceVersion\":\"" + version + "\"" + next + "},\"items\":[",
                "]}"));
  }

  private static String object(String name, int version) {
    return "{\"metadata\":{\"namespace\":\"n\",\"name\":\"%s\",\"resourceVersion\":\"%d\"}}"
        .formatted(name, version);
  }

  private static String event(String type, String object) {
    return "{\"type\":\"" + type + "\",\"object\":" + object + "}\n";
  }

  private static String expired() {
    return "{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\"}";
  }

  private List<String> pods() {
    return sink.log(entry -> entry.contains("POD n/"));
  }

  @Test
  void listsInPagesAndWatchesFromThere() throws IOException {
    once(PODS + "?limit=2", 200, list("5", "x", object("a", 2), object("b", 3)));
    once(PODS + "?limit=2&continue=x", 200, list("5", "", object("c", 4)));
    always(PODS + WATCH + "5", event("ADDED", object("d", 6)));
    always(PODS + WATCH + "6", "");
    open();
    sink.awaitLog("+POD n/d");
    assertEquals(List.of("+POD n/a", "+POD n/b", "+POD n/c", "+POD n/d"), pods());
  }

  @Test
  void aDroppedWatchGoesOnWhereItWas() throws IOException {
    once(PODS + "?limit=2", 200, list("5", "", object("a", 2)));
    once(
        PODS + WATCH + "5",
        200,
        event("MODIFIED", object("a", 6)) + event("ADDED", object("b", 7)));
    once(PODS + WATCH + "7", 500, "");
    once(PODS + WATCH + "7", 200, event("DELETED", object("a", 8)));
    always(PODS + WATCH + "8", "");
    open();
    sink.awaitLog("-POD n/a");
    assertEquals(List.of("+POD n/a", "+POD n/b", "-POD n/a"), pods());
  }

  @Test
  void goneInAnyFormEndsInAListThatTellsTheDifference() throws IOException {
    once(PODS + "?limit=2", 200, list("5", "", object("a", 2), object("b", 3)));
    once(PODS + WATCH + "5", 200, event("ERROR", expired()));
    once(PODS + "?limit=2", 200, list("9", "x", object("a", 2), object("c", 8)));
    once(PODS + "?limit=2&continue=x", 410, expired());
    once(PODS + "?limit=0", 200, list("10", "", object("a", 2), object("c", 8), object("d", 9)));
    once(PODS + WATCH + "10", 410, expired());
    once(PODS + "?limit=2", 200, list("12", "", object("a", 2), object("c", 8)));
    always(PODS + WATCH + "12", "");
    open();
    sink.awaitLog("-POD n/d");
    assertEquals(
        List.of("+POD n/a", "+POD n/b", "+POD n/c", "+POD n/d", "-POD n/b", "-POD n/d"), pods());
  }

  @Test
  void aCustomKindComesAndGoes() throws IOException {
    always(PODS + "?limit=2", list("1", ""));
    always(PODS + WATCH + "1", "");
    String policy =
        "{\"metadata\":{\"name\":\"c\",\"resourceVersion\":\"4\"},"
            + "\"spec\":{\"tier\":\"Admin\",\"priority\":1,\"subject\":{}}}";
    once(POLICIES + "?limit=2", 404, "404 page not found");
    once(POLICIES + "?limit=2", 200, list("5", "", policy));
    // Its watch and all later requests are not expected, which this server answers by 404.
    ClusterWatch opened = open();
    sink.awaitLog("+CLUSTER_NETWORK_POLICY c");
    sink.awaitLog("-CLUSTER_NETWORK_POLICY c");
    sink.await(
        "absence",
        () ->
            opened.staleness().kinds().stream()
                .anyMatch(status ->
                    status.kind() == Kind.CLUSTER_NETWORK_POLICY
                        && status.condition() == Condition.ABSENT));
    sink.await("all", () -> opened.sync() == SyncState.ALL);
  }
}
