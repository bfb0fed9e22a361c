package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.watch.KindWatch.Target;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * An API server as a source of cluster state: hands every object to a sink, and then every change,
 * for as long as it is open. Whatever happens to the server or the way to it, what was handed out
 * stays until the server itself says otherwise, and {@link #staleness} says how old it is.
 *
 * <p>One thread per kind reads the server's stream straight into plain values; no object of the
 * client's own model is ever built, which is what keeps a cluster of 50,000 pods small.
 */
public final class ClusterWatch implements AutoCloseable {
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final WatchSettings settings;
  private final Pace pace;
  private final ApiConnection connection;
  private final SyncProgress progress;
  private final List<KindWatch> watches = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  private ClusterWatch(ApiServer server, WatchSettings settings, ClusterSink sink, Pace pace) {
    this.settings = settings;
    this.pace = pace;
    connection = new ApiConnection(server, settings.patience());
    progress = new SyncProgress(sink);
    var target = new Target(sink, progress, new Regained());
    for (WatchedKind kind : WatchedKind.values()) {
      var watch = new KindWatch(kind, connection, settings, target, pace);
      watches.add(watch);
      String name = "merlon-watch-" + kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
      threads.add(Thread.ofPlatform().name(name).daemon().unstarted(watch));
    }
  }

  /**
   * Begins to watch.
   *
   * @param clock what staleness is measured by
   */
  public static ClusterWatch open(
      ApiServer server, WatchSettings settings, ClusterSink sink, InstantSource clock) {
    return open(server, settings, sink, Pace.real(clock));
  }

  static ClusterWatch open(ApiServer server, WatchSettings settings, ClusterSink sink, Pace pace) {
    var watch = new ClusterWatch(server, settings, sink, pace);
    watch.threads.forEach(Thread::start);
    return watch;
  }

  /**
   * Also tells, by Events, what is wrong with objects, for as long as this is open.
   *
   * @param problems there are, whenever it is asked, on a thread of this class's own
   */
  public void tellProblems(Supplier<? extends Collection<ObjectProblem>> problems) {
    var events = new ProblemEvents(problems, new EventWriter(connection, settings.node()), pace);
    Thread thread = Thread.ofPlatform().name("merlon-events").daemon().unstarted(events);
    threads.add(thread);
    thread.start();
  }

  /** How much has been handed to the sink. */
  public SyncState sync() {
    return progress.state();
  }

  /** All objects as the server told them last, whatever the sink made of them; for any thread. */
  public ClusterSnapshot snapshot() {
    List<ClusterEvent> known = new ArrayList<>();
    watches.forEach(watch -> watch.tell(known::add));
    return Snapshots.of(known);
  }

  /** How far the state that was handed out may lag behind. */
  public Staleness staleness() {
    return new Staleness(sync(), watches.stream().map(KindWatch::status).toList());
  }

  /** Ends; nothing is handed to the sink after this returns. */
  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
    connection.close();
    try {
      for (Thread thread : threads) {
        thread.join(CLOSING);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
