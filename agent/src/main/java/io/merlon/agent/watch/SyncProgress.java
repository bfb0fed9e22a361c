package io.merlon.agent.watch;

import java.util.EnumSet;
import java.util.Set;

/** Tells the sink how much is known, in order, whichever thread makes it so. */
final class SyncProgress {
  private final ClusterSink sink;
  private final Set<WatchedKind> unknown = EnumSet.allOf(WatchedKind.class);
  private SyncState state = SyncState.NOTHING;

  SyncProgress(ClusterSink sink) {
    this.sink = sink;
  }

  synchronized SyncState state() {
    return state;
  }

  synchronized void ownPods() {
    if (state == SyncState.NOTHING) {
      enter(SyncState.OWN_PODS);
    }
  }

  synchronized void all(WatchedKind kind) {
    if (unknown.remove(kind) && unknown.isEmpty()) {
      enter(SyncState.ALL);
    }
  }

  private void enter(SyncState next) {
    state = next;
    sink.synced(next);
  }
}
