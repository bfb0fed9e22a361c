package io.merlon.agent.loop;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.interfaces.LinkEvent;
import io.merlon.agent.watch.SyncState;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Everything that was told while the loop was busy with something else.
 *
 * @param cluster of several events about one object only the last
 * @param synced how much of the cluster is known after these, if that changed
 * @param looks who wants to look at the kernel, when all else is done
 * @param since when the first of it was told, by the queue's clock
 */
public record Batch(
    List<ClusterEvent> cluster,
    Optional<SyncState> synced,
    List<LinkEvent> links,
    List<Consumer<Inside>> looks,
    boolean stop,
    long since) {
  public Batch {
    cluster = List.copyOf(cluster);
    links = List.copyOf(links);
    looks = List.copyOf(looks);
  }

  /** What was told, without anybody who wants to look. */
  public Batch(
      List<ClusterEvent> cluster,
      Optional<SyncState> synced,
      List<LinkEvent> links,
      boolean stop,
      long since) {
    this(cluster, synced, links, List.of(), stop, since);
  }

  /** Whether nothing was told; who only looks tells nothing. */
  public boolean isEmpty() {
    return cluster.isEmpty() && synced.isEmpty() && links.isEmpty() && !stop;
  }
}
