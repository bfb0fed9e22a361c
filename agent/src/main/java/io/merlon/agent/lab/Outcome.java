package io.merlon.agent.lab;

/** What came of a connection attempt. A denied one is silent (semantics, Tiers 9). */
public enum Outcome {
  /** What was sent came back. */
  ANSWERED,
  /** It arrived, and nobody listened there. */
  REFUSED,
  /** Nothing came back. */
  SILENT,
  /** The network knows no way, which no policy says. */
  UNREACHABLE;

  /** Whether packets passed. */
  public boolean arrived() {
    return this == ANSWERED || this == REFUSED;
  }
}
