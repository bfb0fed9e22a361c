package io.merlon.datapath.harness;

/** What packets are counted under. */
public sealed interface CounterKey {
  /** A decision of a subject's verdict table, allow and deny alike. */
  record Decision(int subject, int decision, Mode mode) implements CounterKey {}

  /** What stands behind no endpoint: only the node's stats count it. */
  record Nobodys() implements CounterKey {}

  /** What no table decided: a reason to deny, or a passage. */
  record Coded(int subject, Mode mode, Direction direction, Code code) implements CounterKey {}
}
