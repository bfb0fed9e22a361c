package io.merlon.agent;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.config.AgentSettings;
import io.merlon.agent.oracle.ClusterState;
import io.merlon.agent.watch.ClusterSink;
import io.merlon.agent.watch.SyncState;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The cluster's objects as a source tells them, for as long as this is open. */
final class ClusterOnce implements AutoCloseable {
  private final ClusterState state = new ClusterState();
  private final CountDownLatch known = new CountDownLatch(1);
  private final ClusterSource source;

  private ClusterOnce(AgentSettings.Node node) {
    this.source = ClusterSource.open(node, new Sink());
  }

  /** Opens a source, and waits until all of it is known. */
  static ClusterOnce read(AgentSettings.Node node, Duration patience) throws IOException {
    ClusterOnce cluster = new ClusterOnce(node);
    try {
      if (cluster.known.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        return cluster;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    cluster.close();
    throw new IOException("the cluster was not told within " + patience.toSeconds() + " s");
  }

  /** All objects at this moment. */
  ClusterSnapshot snapshot() {
    synchronized (state) {
      return state.snapshot();
    }
  }

  @Override
  public void close() {
    source.close();
  }

  private final class Sink implements ClusterSink {
    @Override
    public void accept(List<ClusterEvent> events) {
      synchronized (state) {
        events.forEach(state::apply);
      }
    }

    @Override
    public void synced(SyncState reached) {
      if (reached == SyncState.ALL) {
        known.countDown();
      }
    }
  }
}
