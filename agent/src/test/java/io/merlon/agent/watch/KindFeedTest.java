package io.merlon.agent.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.merlon.agent.api.ClusterEvent;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Of a reader that has a fault, as one had, only what it trips over is lost. */
class KindFeedTest {
  private final List<String> told = new ArrayList<>();
  private boolean trips = true;
  private boolean midway;
  private Instant now = Instant.EPOCH;
  private final KindReport report =
      new KindReport(ClusterEvent.Kind.NETWORK_POLICY, Clock.systemUTC());
  private final KindFeed feed =
      new KindFeed(
          WatchedKind.NETWORK_POLICIES,
          events -> events.forEach(this::note),
          report,
          Pace.real(() -> now),
          findings -> {
            var reader = WatchedKind.NETWORK_POLICIES.reader(new Reading(findings, new Sharing()));
            return value -> {
              if (midway) {
                var seen = new ArrayList<String>();
                value.fields((name, field) -> {
                  seen.add(name);
                  if (seen.getFirst().equals("spec")) {
                    throw new IllegalStateException("a fault");
                  }
                });
              }
              WatchedKind.Item item = reader.apply(value);
              if (trips && item.name().name().equals("odd")) {
                throw new IllegalStateException("a fault");
              }
              return item;
            };
          });

  private void note(ClusterEvent event) {
    String sign = event instanceof ClusterEvent.Gone ? "-" : "+";
    told.add(sign + event.key().name());
  }

  private static String object(String name, int version) {
    return """
    {"metadata":{"namespace":"n","name":"%s","resourceVersion":"%d"},"spec":{"podSelector":{}}}
    """
        .formatted(name, version);
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private void list(int version, String... names) throws IOException {
    feed.beginList();
    String items =
        Stream.of(names).map(name -> object(name, version)).collect(Collectors.joining(","));
    feed.page(
        bytes("{\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[" + items + "]}"),
        feed.store()::listed);
    feed.endList("9");
  }

  private void events(String... events) throws IOException {
    feed.events(bytes(String.join("", events)), "9", version -> {});
  }

  private static String event(String type, String object) {
    return "{\"type\":\"%s\",\"object\":%s}".formatted(type, object);
  }

  @Test
  void theOthersOfAListAreReadWhenItIsBegunAnew() throws IOException {
    assertThrows(IllegalStateException.class, () -> list(1, "one", "odd", "two"));
    list(1, "one", "odd", "two");
    assertEquals(List.of("+one", "+two"), told);
    assertEquals(List.of("n/odd"), report.status().unread());
  }

  @Test
  void whatWasKnownOfItStays() throws IOException {
    trips = false;
    list(1, "odd", "two");
    trips = true;
    assertThrows(IllegalStateException.class, () -> list(1, "odd", "two"));
    list(1, "odd", "two");
    assertEquals(List.of("+odd", "+two"), told);
    events(event("MODIFIED", object("odd", 12)), event("ADDED", object("three", 13)));
    assertEquals(List.of("+odd", "+two", "+three"), told);
    assertEquals(List.of("n/odd"), report.status().unread());
    events(event("DELETED", object("odd", 14)));
    assertEquals(List.of(), report.status().unread());
    assertEquals(List.of("+odd", "+two", "+three", "-odd"), told);
  }

  @Test
  void afterAListWithoutItAllIsReadAtOnceAgain() throws IOException {
    assertThrows(IllegalStateException.class, () -> list(1, "odd"));
    now = now.plus(Duration.ofMinutes(11));
    list(1, "one");
    assertEquals(List.of(), report.status().unread());
    assertThrows(IllegalStateException.class, () -> list(1, "odd"));
  }

  /** Else whoever makes one again and again would have everything listed each time. */
  @Test
  void butNotForSomeTime() throws IOException {
    assertThrows(IllegalStateException.class, () -> list(1, "odd"));
    list(1, "one");
    events(event("ADDED", object("odd", 12)), event("DELETED", object("odd", 13)));
    list(1, "odd", "one");
    assertEquals(List.of("n/odd"), report.status().unread());
  }

  @Test
  void whatAListSaidThatDidNotEndIsForgotten() throws IOException {
    assertThrows(IllegalStateException.class, () -> list(1, "odd"));
    feed.beginList();
    feed.page(
        bytes("{\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[" + object("odd", 1) + "]}"),
        feed.store()::listed);
    assertEquals(List.of("n/odd"), report.status().unread());
    list(1, "one");
    assertEquals(List.of(), report.status().unread());
    feed.absent();
    assertEquals(List.of(), report.status().unread());
  }

  /** As its writer chooses them: names of variables are keys in managed fields. */
  @Test
  void longNamesEndNoList() throws IOException {
    String fields =
        "\"managedFields\":[{\"fieldsV1\":{\"f:%s\":{}}}],".formatted("x".repeat(200_000));
    String item = object("one", 1).replace("\"namespace\"", fields + "\"namespace\"");
    feed.beginList();
    feed.page(
        bytes("{\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[" + item + "]}"),
        feed.store()::listed);
    assertEquals(List.of("+one"), told);
  }

  @Test
  void aReaderMayFailInTheMiddleOfAnObject() throws IOException {
    String odd =
        "{\"spec\":{\"podSelector\":{}},\"metadata\":{\"namespace\":\"n\",\"name\":\"odd\"}}";
    midway = true;
    feed.beginList();
    String page = "{\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[%s,%s]}";
    assertThrows(
        IllegalStateException.class,
        () -> feed.page(bytes(page.formatted(odd, object("two", 1))), feed.store()::listed));
    feed.beginList();
    feed.page(bytes(page.formatted(odd, object("two", 1))), feed.store()::listed);
    feed.endList("9");
    assertEquals(List.of("+two"), told);
  }
}
