package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of manifests as a source that goes on: hands everything in it to a sink, and then, as
 * files change, what that changes. All files that change within a moment are read together, so a
 * change that spans files is one change.
 */
public final class FolderWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);
  private static final Duration BETWEEN_OFFERS = Duration.ofMillis(50);
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final ClusterSink sink;
  private final FolderPace pace;
  private final FolderReadings readings;
  private final FolderChanges changes;
  private final Thread thread;
  private volatile FolderContents contents;

  private FolderWatch(Path root, ClusterSink sink, FolderPace pace) {
    this.sink = sink;
    this.pace = pace;
    this.changes = FolderChanges.of(root);
    this.readings = new FolderReadings(root, changes::include);
    this.contents = readings.read();
    this.thread = Thread.ofPlatform().name("merlon-watch-folder").daemon().unstarted(this::run);
  }

  /**
   * How a folder is looked at.
   *
   * @param quiet how long nothing may happen before files are read: who writes should be done
   * @param longest how long to wait for that
   * @param rescan how often to look without having been told of a change: a file behind a link, or
   *     on a network file system, changes without a notice
   */
  record FolderPace(Duration quiet, Duration longest, Duration rescan) {
    static final FolderPace USUAL =
        new FolderPace(Duration.ofMillis(100), Duration.ofSeconds(2), Duration.ofSeconds(5));
  }

  /** Reads a folder, or a file, and begins to watch it. */
  public static FolderWatch open(Path root, ClusterSink sink) {
    return open(root, sink, FolderPace.USUAL);
  }

  static FolderWatch open(Path root, ClusterSink sink, FolderPace pace) {
    var watch = new FolderWatch(root, sink, pace);
    watch.thread.start();
    return watch;
  }

  /** What is in force now, and what is wrong with the folder. */
  public FolderContents contents() {
    return contents;
  }

  private void run() {
    try {
      FolderContents told = contents;
      offer(() -> sink.accept(List.copyOf(contents.events())));
      offer(() -> sink.synced(SyncState.ALL));
      while (!Thread.currentThread().isInterrupted()) {
        settle();
        FolderContents now = readings.read();
        List<ClusterEvent> events = now.since(told);
        contents = now;
        if (!events.isEmpty()) {
          offer(() -> sink.accept(events));
        }
        told = now;
      }
    } catch (InterruptedException e) {
      LOG.atDebug().log("the folder is no longer watched");
    }
  }

  /** Waits for a change, and then for the end of changes. */
  private void settle() throws InterruptedException {
    boolean changed = changes.await(pace.rescan());
    long end = System.nanoTime() + pace.longest().toNanos();
    while (changed && System.nanoTime() < end) {
      changed = changes.await(pace.quiet());
    }
  }

  private void offer(Runnable call) throws InterruptedException {
    while (true) {
      try {
        call.run();
        return;
      } catch (RuntimeException e) {
        LOG.atWarn().setCause(e).log("events were not taken");
        Thread.sleep(BETWEEN_OFFERS);
      }
    }
  }

  /** Ends; nothing is handed to the sink after this returns. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(CLOSING);
      changes.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.atDebug().setCause(e).log("a watch of folders did not close");
    }
  }
}
