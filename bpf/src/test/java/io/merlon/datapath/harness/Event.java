package io.merlon.datapath.harness;

import org.jspecify.annotations.Nullable;

/**
 * What the event stream tells, as far as it does not depend on the clock.
 *
 * @param reason null unless something was denied
 * @param key null where the packet could not be read
 * @param suppressed denials of the same flow that were not told
 */
public record Event(
    Kind kind,
    int line,
    int subject,
    Direction direction,
    Mode mode,
    @Nullable Code reason,
    CounterKey countedTo,
    @Nullable FlowKey key,
    int suppressed) {

  /** What it is one of, if it tells of a denial. */
  public Denial denial() {
    return Denial.of(line, countedTo, key);
  }

  /** How many denied packets it tells of. */
  public long denied() {
    return switch (kind) {
      case ALLOWED -> 0;
      case DENIED -> 1 + suppressed;
      case SUPPRESSED -> suppressed;
    };
  }

  /** Kinds of event, as in the ABI. */
  public enum Kind {
    ALLOWED,
    DENIED,
    SUPPRESSED
  }
}
