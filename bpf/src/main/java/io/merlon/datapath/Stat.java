package io.merlon.datapath;

/** What map {@code stats} counts: {@code enum stat}. */
public enum Stat {
  EVENTS_LOST,
  EVENTS_SUPPRESSED,
  FLOWS_NOT_KEPT,
  FRAGMENTS_NOT_KEPT,
  PICKED_UP,
  UNKNOWN_PASSED,
  UNKNOWN_DROPPED,
  PULLED,
  PASSED_AS_ANSWER;

  public int code() {
    return ordinal();
  }
}
