package io.merlon.agent.loop;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.interfaces.LinkEvent;
import io.merlon.agent.watch.SyncState;
import java.util.List;
import java.util.Optional;

/**
 * Everything that was told while the loop was busy with something else.
 *
 * @param cluster of several events about one object only the last
 * @param synced how much of the cluster is known after these, if that changed
 * @param since when the first of it was told, by the queue's clock
 */
public record Batch(
    List<ClusterEvent> cluster,
    Optional<SyncState> synced,
    List<LinkEvent> links,
    boolean stop,
    long since) {
  public Batch {
    cluster = List.copyOf(cluster);
    links = List.copyOf(links);
  }

  public boolean isEmpty() {
    return cluster.isEmpty() && synced.isEmpty() && links.isEmpty() && !stop;
  }
}
