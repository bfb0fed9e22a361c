package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterEvent;
import java.util.List;

/**
 * Takes what a source of cluster state has to say. It is called from the source's threads, several
 * at a time, and should do no more than enqueue: while it works or throws, the source waits and
 * tries again, so nothing is lost.
 */
@FunctionalInterface
public interface ClusterSink {
  /** Changes, in the order they are to be applied. */
  void accept(List<ClusterEvent> events);

  /** How much is known now; called after the events that made it known. */
  default void synced(SyncState state) {}
}
