package io.merlon.agent.plan;

import io.merlon.agent.compile.VerdictTable;
import java.util.function.ToLongFunction;

/**
 * How much the kernel's maps can hold.
 *
 * @param classes peer classes are numbered below this
 * @param subjects subjects are numbered below this
 * @param tableWords the room for all tables
 * @param words how much of that room a table takes
 * @param decisions how many different decisions the tables may have between them
 */
public record Capacities(
    long addresses4,
    long addresses6,
    long prefixes4,
    long prefixes6,
    long services,
    long classes,
    long subjects,
    long tableWords,
    ToLongFunction<VerdictTable> words,
    long decisions) {
  /** Room for everything. */
  public static final Capacities UNLIMITED =
      new Capacities(
          Long.MAX_VALUE,
          Long.MAX_VALUE,
          Long.MAX_VALUE,
          Long.MAX_VALUE,
          Long.MAX_VALUE,
          Long.MAX_VALUE,
          Long.MAX_VALUE,
          Long.MAX_VALUE,
          table -> 0,
          Long.MAX_VALUE);
}
