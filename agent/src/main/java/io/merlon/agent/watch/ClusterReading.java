package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.watch.KindStatus.Condition;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Reads a whole cluster from its API server, once. */
public final class ClusterReading implements ClusterSink {
  private static final long LOOK_MILLIS = 100;

  private final Map<ClusterEvent.Key, ClusterEvent> objects = new LinkedHashMap<>();
  private final CountDownLatch all = new CountDownLatch(1);

  private ClusterReading() {}

  /**
   * Every object of the cluster.
   *
   * @param patience how long a server may fail to answer before that is the answer
   */
  public static ClusterSnapshot read(ApiServer server, Duration patience)
      throws IOException, InterruptedException {
    ClusterReading reading = new ClusterReading();
    long end = System.nanoTime() + patience.toNanos();
    try (ClusterWatch watch =
        ClusterWatch.open(server, WatchSettings.forNode(""), reading, InstantSource.system())) {
      while (!reading.all.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        if (System.nanoTime() > end) {
          giveUp(server, watch.staleness().kinds());
        }
      }
    }
    return reading.snapshot();
  }

  /** A kind that fails is an error; as long as none does, a large cluster may take its time. */
  private static void giveUp(ApiServer server, List<KindStatus> kinds) throws IOException {
    for (KindStatus kind : kinds) {
      if (kind.condition() == Condition.UNKNOWN && kind.lastFailure() != null) {
        throw new IOException(server + " does not tell " + kind.kind() + ": " + kind.lastFailure());
      }
    }
  }

  private synchronized ClusterSnapshot snapshot() {
    return Snapshots.of(objects.values());
  }

  @Override
  public synchronized void accept(List<ClusterEvent> events) {
    for (ClusterEvent event : events) {
      if (event instanceof ClusterEvent.Gone(ClusterEvent.Key key)) {
        objects.remove(key);
      } else {
        objects.put(event.key(), event);
      }
    }
  }

  @Override
  public void synced(SyncState state) {
    if (state == SyncState.ALL) {
      all.countDown();
    }
  }
}
