package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.watch.ApiStreams.WatchEvents;
import io.merlon.agent.watch.WatchedKind.Item;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the objects of one kind, and hands what they change to the sink. */
final class KindFeed {
  private static final Logger LOG = LoggerFactory.getLogger(KindFeed.class);
  private static final int MOST_AT_ONCE = 256;
  private static final Duration BETWEEN_OFFERS = Duration.ofMillis(50);

  /** Whoever makes such an object again and again has everything listed no more often. */
  private static final Duration CAREFUL = Duration.ofMinutes(10);

  private final WatchedKind kind;
  private final ClusterSink sink;
  private final KindReport report;
  private final Pace pace;
  private final List<ClusterEvent> batch = new ArrayList<>();
  private final KindStore store = new KindStore(batch::add);
  private final Function<Written, Item> reader;
  private boolean unusable;

  /** Something tripped the reader: objects are read apart, so that one does not stop the others. */
  private boolean careful;

  private Instant tripped = Instant.MIN;

  /** Over what, since the last list began. */
  private final Set<ClusterEvent.Key> trippedOver = new HashSet<>();

  private final Unread unread;

  KindFeed(WatchedKind kind, ClusterSink sink, KindReport report, Pace pace) {
    this(kind, sink, report, pace, findings -> kind.reader(new Reading(findings, new Sharing())));
  }

  KindFeed(
      WatchedKind kind,
      ClusterSink sink,
      KindReport report,
      Pace pace,
      Function<Findings, Function<Written, Item>> readers) {
    this.kind = kind;
    this.sink = sink;
    this.report = report;
    this.pace = pace;
    this.reader = readers.apply(new Unusable());
    this.unread = new Unread(report);
  }

  KindStore store() {
    return store;
  }

  /** A list of everything begins; of one that did not end nothing is remembered. */
  void beginList() {
    trippedOver.clear();
    unread.beginList();
    store.beginList();
  }

  /** Reads a page of a list into the store. */
  ApiStreams.Page page(InputStream body, Consumer<Item> take) throws IOException {
    ApiStreams.Page page =
        ApiStreams.list(
            body,
            value -> {
              Item item = read(value);
              unread.listed(item.name(), unusable);
              if (unusable) {
                store.listedUnreadable(item.name());
              } else {
                take.accept(item);
              }
              handOnIfMany();
            });
    handOn();
    return page;
  }

  /**
   * Reads a watch until it ends. What has come is handed on before waiting for more.
   *
   * @param from the version it began at
   * @param reached is told how far it has come
   */
  void watch(ResponseStream body, String from, Consumer<String> reached) throws IOException {
    body.beforeWaiting(this::handOn);
    events(body, from, reached);
  }

  void events(InputStream body, String from, Consumer<String> reached) throws IOException {
    try {
      ApiStreams.watch(body, new Events(from, reached));
    } finally {
      handOn();
    }
  }

  /** The list that was read is complete, and of a version. */
  void endList(String resourceVersion) throws InterruptedIOException {
    careful =
        !trippedOver.isEmpty() || Duration.between(tripped, pace.instant()).compareTo(CAREFUL) < 0;
    unread.endList();
    store.endList(resourceVersion);
    handOn();
  }

  /** The kind is not there. */
  void absent() throws InterruptedIOException {
    store.clear();
    unread.beginList();
    unread.endList();
    handOn();
  }

  private Item read(Written value) {
    unusable = false;
    Item item = careful ? readApart(value.apart()) : readAtOnce(value);
    if (unusable) {
      LOG.atWarn().addKeyValue("object", item.name()).log("an object cannot be read");
    }
    return item;
  }

  /** Who trips is in the middle of a stream, which has to be begun anew. */
  private Item readAtOnce(Written value) {
    try {
      return reader.apply(value);
    } catch (UncheckedIOException e) {
      throw e;
    } catch (RuntimeException e) {
      trip();
      throw e;
    }
  }

  private void trip() {
    careful = true;
    tripped = pace.instant();
  }

  private Item readApart(Written value) {
    try {
      return reader.apply(value);
    } catch (RuntimeException e) {
      trip();
      Item item = Item.named(kind, value);
      if (trippedOver.add(item.name())) {
        LOG.atWarn().setCause(e).addKeyValue("object", item.name()).log("its reader failed");
      }
      unusable = true;
      return item;
    }
  }

  private void handOnIfMany() {
    if (batch.size() >= MOST_AT_ONCE) {
      try {
        handOn();
      } catch (InterruptedIOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * Offers the events until they are taken: the store has them, so nobody would tell them again.
   */
  private void handOn() throws InterruptedIOException {
    if (batch.isEmpty()) {
      return;
    }
    List<ClusterEvent> events = List.copyOf(batch);
    batch.clear();
    while (!offer(events)) {
      try {
        pace.pause(BETWEEN_OFFERS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException();
      }
    }
  }

  private boolean offer(List<ClusterEvent> events) {
    try {
      sink.accept(events);
      return true;
    } catch (RuntimeException e) {
      report.refused();
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("kind", kind.kind())
          .addKeyValue("events", events.size())
          .log("events were not taken");
      return false;
    }
  }

  /** The server has judged its objects; only what makes one unusable matters. */
  private final class Unusable implements Findings {
    @Override
    public void wrongType(Written value, String expected) {
      unusable = true;
    }

    @Override
    public void missing(Written object, String field) {
      unusable = true;
    }

    @Override
    public void unknownField(Written value) {}

    @Override
    public void odd(Written value, String reason) {}
  }

  private final class Events implements WatchEvents {
    private final Consumer<String> reached;
    private String latest;

    Events(String from, Consumer<String> reached) {
      this.latest = from;
      this.reached = reached;
    }

    @Override
    public void changed(Written object) {
      Item item = read(object);
      unread.told(item.name(), unusable);
      if (!unusable) {
        store.changed(item);
      }
      handled(item.resourceVersion());
    }

    @Override
    public void deleted(Written object) {
      Item item = careful ? readApart(object.apart()) : readAtOnce(object);
      unread.told(item.name(), false);
      store.deleted(item.name(), item.resourceVersion());
      handled(item.resourceVersion());
    }

    /**
     * A server that is behind what it has told before has lost its past, as after a restored
     * backup: what is known may never have been.
     */
    @Override
    public void bookmark(String resourceVersion) {
      if (Version.isOlder(resourceVersion, latest)) {
        error(ApiException.GONE, "versions run backwards: " + resourceVersion + " after " + latest);
      }
      handled(resourceVersion);
    }

    @Override
    public void error(int code, String reason) {
      throw new UncheckedIOException(
          new ApiException("watch of " + kind.resource(), code, reason, null));
    }

    private void handled(String resourceVersion) {
      report.contact(store.size());
      // An event that comes a second time must not lead back to where it was.
      if (!resourceVersion.isEmpty() && !Version.isOlder(resourceVersion, latest)) {
        latest = resourceVersion;
        reached.accept(resourceVersion);
      }
      handOnIfMany();
    }
  }
}
