package io.merlon.agent.watch;

/** How much of a cluster a source has handed out; it only ever grows. */
public enum SyncState {
  NOTHING,
  /** The pods of this node, though perhaps not what decides about them. */
  OWN_PODS,
  /** Every object of every kind. */
  ALL
}
