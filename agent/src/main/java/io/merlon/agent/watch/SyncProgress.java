package io.merlon.agent.watch;

import java.util.EnumSet;
import java.util.Set;

/** Tells the sink how much is known, in order, whichever thread makes it so. */
final class SyncProgress {
  private final ClusterSink sink;
  private final Set<WatchedKind> unknown = EnumSet.allOf(WatchedKind.class);
  // Readable at once even while the sink is being told.
  private volatile SyncState state = SyncState.NOTHING;

  SyncProgress(ClusterSink sink) {
    this.sink = sink;
  }

  SyncState state() {
    return state;
  }

  synchronized void ownPods() {
    if (state == SyncState.NOTHING) {
      enter(SyncState.OWN_PODS);
    }
  }

  synchronized void all(WatchedKind kind) {
    unknown.remove(kind);
    if (unknown.isEmpty() && state != SyncState.ALL) {
      enter(SyncState.ALL);
    }
  }

  /** A sink that throws is told again when the kind that got this far gets there again. */
  private void enter(SyncState next) {
    sink.synced(next);
    state = next;
  }
}
