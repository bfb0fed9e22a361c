package io.merlon.datapath.harness;

/** Counts that belong to no subject; those a packet's content decides. */
public enum Stat {
  EVENTS_LOST(0),
  EVENTS_SUPPRESSED(1),
  FLOWS_NOT_KEPT(2),
  FRAGMENTS_NOT_KEPT(3),
  PICKED_UP(4),
  UNKNOWN_PASSED(5),
  UNKNOWN_DROPPED(6),
  PULLED(7),
  PASSED_AS_ANSWER(8);

  private final int number;

  Stat(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }
}
