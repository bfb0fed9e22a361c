package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.watch.WatchedKind.Item;
import io.merlon.agent.watch.WatchedKind.Presence;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keeps one kind in step with the server: lists everything, then watches from there; after any
 * failure it goes on from where it was, or lists again when that is too long ago.
 */
final class KindWatch implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(KindWatch.class);
  private static final int MOST_FRUITLESS_WATCHES = 3;
  private static final Duration SHORTEST_WATCH = Duration.ofSeconds(1);
  private static final Duration UNTIL_ABSENCE_IS_BELIEVED = Duration.ofSeconds(10);

  private final WatchedKind kind;
  private final WatchSettings settings;
  private final Pace pace;
  private final ApiConnection connection;
  private final SyncProgress progress;
  private final KindReport report;
  private final KindRequests requests;
  private final KindFeed feed;
  private final Regained regained;
  private final Backoff backoff;

  /** The version up to which all is known, null if everything is to be listed. */
  private @Nullable String cursor;

  private boolean paged = true;
  private int fruitlessWatches;
  private boolean absenceSuspected;

  KindWatch(
      WatchedKind kind,
      ApiConnection connection,
      WatchSettings settings,
      Target target,
      Pace pace) {
    this.kind = kind;
    this.settings = settings;
    this.pace = pace;
    this.connection = connection;
    this.progress = target.progress();
    this.report = new KindReport(kind.kind(), pace);
    this.requests = new KindRequests(connection, kind, settings, pace);
    this.feed = new KindFeed(kind, target.sink(), report, pace);
    this.regained = target.regained();
    this.backoff = new Backoff(pace, regained);
  }

  /** Where events go, who says how many have come, and who hears that the server answers again. */
  record Target(ClusterSink sink, SyncProgress progress, Regained regained) {}

  KindStatus status() {
    return report.status();
  }

  /** Tells all that is known of the kind; for any thread. */
  void tell(Consumer<? super ClusterEvent> listener) {
    feed.store().tell(listener);
  }

  @Override
  public void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        step();
      }
    } catch (InterruptedException | InterruptedIOException e) {
      LOG.atDebug().addKeyValue("kind", kind.kind()).log("the watch is closed");
    }
  }

  private void step() throws InterruptedException, InterruptedIOException {
    String from = cursor;
    backoff.tries();
    try {
      if (from == null) {
        list();
      } else {
        watch(from);
      }
    } catch (InterruptedIOException e) {
      throw e;
    } catch (ApiException e) {
      refused(e);
    } catch (IOException e) {
      if (e instanceof ResponseStream.SilentServerException) {
        connection.renewIfSilent(settings.silence());
      }
      failed(e, null);
    } catch (RuntimeException e) {
      // What it was in the middle of is unknown: begin anew.
      cursor = null;
      failed(e, null);
    }
  }

  private void list() throws IOException {
    if (kind == WatchedKind.PODS && !settings.node().isEmpty()) {
      pages(more -> requests.listOn(settings.node(), paged, more), feed.store()::found);
      progress.ownPods();
    }
    feed.beginList();
    String version = pages(more -> requests.list(paged, more), feed.store()::listed);
    feed.endList(version);
    cursor = version;
    paged = true;
    absenceSuspected = false;
    fruitlessWatches = 0;
    report.listed(feed.store().size());
    progress.all(kind);
  }

  /** A request for the page after another. */
  private interface PageRequest {
    InputStream after(String more) throws IOException;
  }

  private String pages(PageRequest request, Consumer<Item> take) throws IOException {
    String more = "";
    while (true) {
      try (InputStream body = request.after(more)) {
        backoff.answered();
        ApiStreams.Page page = feed.page(body, take);
        contact();
        if (page.more().isEmpty()) {
          return page.resourceVersion();
        }
        more = page.more();
      }
    }
  }

  private void watch(String from) throws IOException {
    try (ResponseStream body = requests.watch(from)) {
      contact();
      Instant began = pace.instant();
      // Counts against the watch until it tells something, or at least lasts.
      fruitlessWatches++;
      try {
        feed.watch(body, from, this::reached);
        if (!hasLasted(began)) {
          throw new IOException("the watch ended at once");
        }
      } finally {
        // Only a watch that lasts shows that all is well: lists that succeed and watches that break
        // off at once, in turns, must not become a storm of lists.
        if (hasLasted(began)) {
          fruitlessWatches = 0;
          backoff.reset();
        }
      }
    }
  }

  private void contact() {
    backoff.answered();
    tellIf(report.contact(feed.store().size()));
  }

  private void tellIf(boolean again) {
    if (again) {
      regained.tell();
    }
  }

  private boolean hasLasted(Instant began) {
    return Duration.between(began, pace.instant()).compareTo(SHORTEST_WATCH) >= 0;
  }

  private void reached(String version) {
    cursor = version;
    fruitlessWatches = 0;
  }

  private void refused(ApiException e) throws InterruptedException, InterruptedIOException {
    backoff.answered();
    if (e.code() == ApiException.GONE) {
      // Pages can expire faster than a slow node reads them; all at once cannot.
      paged = cursor != null;
      cursor = null;
    } else if (isAbsent(e)) {
      absent();
      return;
    } else if (e.code() == ApiException.BAD_REQUEST) {
      cursor = null;
    }
    absenceSuspected = false;
    backoff.heardOf();
    failed(e, e.retryAfter());
  }

  private void failed(Exception e, @Nullable Duration asked) throws InterruptedException {
    // The first of a row is for people, who see from it what the agent lacks; the others repeat it.
    boolean first = report.failed(String.valueOf(e.getMessage()));
    LOG.atLevel(first ? Level.WARN : Level.DEBUG)
        .setCause(first ? null : e)
        .addKeyValue("kind", kind.kind())
        .addKeyValue("reason", e.getMessage())
        .log("the API server cannot be asked");
    if (fruitlessWatches >= MOST_FRUITLESS_WATCHES) {
      cursor = null;
    }
    backoff.pause(asked);
  }

  private boolean isAbsent(ApiException e) throws InterruptedIOException {
    boolean nothingKnown = feed.store().size() == 0;
    try {
      return switch (kind.presence()) {
        case ALWAYS -> false;
        case IF_INSTALLED, IF_VISIBLE -> {
          if (e.code() == ApiException.FORBIDDEN) {
            boolean mayBeInvisible = kind.presence() == Presence.IF_VISIBLE;
            yield nothingKnown && (mayBeInvisible || !requests.isServed());
          }
          yield e.code() == ApiException.NOT_FOUND && !requests.isServed();
        }
      };
    } catch (InterruptedIOException interrupted) {
      throw interrupted;
    } catch (IOException doubt) {
      return false;
    }
  }

  /**
   * The cluster does not have the kind. Of a kind that it had this is believed only when the server
   * says so twice: while it starts, a server can deny what it has, and policies that deny must not
   * vanish for that.
   */
  private void absent() throws InterruptedException, InterruptedIOException {
    cursor = null;
    if (feed.store().size() > 0 && !absenceSuspected) {
      absenceSuspected = true;
      pace.pause(UNTIL_ABSENCE_IS_BELIEVED);
      return;
    }
    absenceSuspected = false;
    backoff.reset();
    feed.absent();
    tellIf(report.absent());
    progress.all(kind);
    pace.pause(Backoff.jittered(settings.absentPoll(), pace));
  }
}
