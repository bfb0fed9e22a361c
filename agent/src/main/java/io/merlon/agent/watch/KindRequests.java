package io.merlon.agent.watch;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;

/** The requests that are made about one kind. */
final class KindRequests {
  private static final int SHORTEST_WATCH_SECONDS = 300;

  private final ApiConnection connection;
  private final WatchedKind kind;
  private final WatchSettings settings;
  private final Pace pace;

  KindRequests(ApiConnection connection, WatchedKind kind, WatchSettings settings, Pace pace) {
    this.connection = connection;
    this.kind = kind;
    this.settings = settings;
    this.pace = pace;
  }

  /**
   * Asks for a page of everything, as of now: without a resource version the server answers from
   * its most recent state, so a list never goes back in time.
   *
   * @param paged whether to ask for pages, or for all at once
   * @param more where the page before ended, "" for the first
   */
  InputStream list(boolean paged, String more) throws IOException {
    return page("", paged, more);
  }

  /** Asks for a page of the pods of a node. */
  InputStream listOn(String node, boolean paged, String more) throws IOException {
    return page("&fieldSelector=" + encoded("spec.nodeName=" + node), paged, more);
  }

  private InputStream page(String selector, boolean paged, String more) throws IOException {
    String limit = paged ? "limit=" + settings.pageSize() : "limit=0";
    String after = more.isEmpty() ? "" : "&continue=" + encoded(more);
    return connection.getPacked(kind.path() + "?" + limit + selector + after, settings.patience());
  }

  /** Asks for what changes after a version; for five to ten minutes, then again. */
  ResponseStream watch(String resourceVersion) throws IOException {
    long seconds = SHORTEST_WATCH_SECONDS + (long) (SHORTEST_WATCH_SECONDS * pace.chance());
    return connection.get(
        kind.path()
            + "?watch=true&allowWatchBookmarks=true&timeoutSeconds="
            + seconds
            + "&resourceVersion="
            + encoded(resourceVersion),
        settings.silence());
  }

  /** Whether the server says that it has the kind; everybody who is known to it may ask. */
  boolean isServed() throws IOException {
    var found = new AtomicBoolean();
    try (var body = connection.get(kind.group(), settings.patience())) {
      ApiStreams.resources(
          body,
          name -> {
            if (name.equals(kind.resource())) {
              found.set(true);
            }
          });
      return found.get();
    } catch (ApiException e) {
      if (e.code() == ApiException.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
