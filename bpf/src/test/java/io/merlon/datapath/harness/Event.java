package io.merlon.datapath.harness;

/** What the event stream tells, as far as it does not depend on the clock. */
public record Event(
    Kind kind,
    int line,
    int subject,
    Direction direction,
    Mode mode,
    int reason,
    FlowKey key,
    int suppressed) {

  /** Kinds of event, as in the ABI. */
  public enum Kind {
    ALLOWED,
    DENIED,
    SUPPRESSED
  }
}
