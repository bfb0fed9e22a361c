package io.merlon.agent.plan;

import io.merlon.agent.compile.VerdictTable;
import java.util.function.ToLongFunction;

/**
 * How much the kernel's maps can hold.
 *
 * @param addresses exact ones, those of services included
 * @param classes peer classes are numbered below this
 * @param subjects subjects are numbered below this
 * @param tables the words of all tables; one table that judges several subjects is there once
 * @param counters the counters of all subjects, each of which has those of its table
 */
public record Capacities(
    long endpoints,
    Families addresses,
    Families prefixes,
    Families services,
    long classes,
    long subjects,
    Room tables,
    Room counters) {

  /** The sizes of two maps, one for each family. */
  public record Families(long v4, long v6) {
    static final Families UNLIMITED = new Families(Long.MAX_VALUE, Long.MAX_VALUE);
  }

  /**
   * Room that tables share.
   *
   * @param size all there is
   * @param need how much of it a table takes
   */
  public record Room(long size, ToLongFunction<VerdictTable> need) {
    static final Room UNLIMITED = new Room(Long.MAX_VALUE, table -> 0);
  }

  /** Room for everything. */
  public static final Capacities UNLIMITED =
      new Capacities(
          Long.MAX_VALUE,
          Families.UNLIMITED,
          Families.UNLIMITED,
          Families.UNLIMITED,
          Long.MAX_VALUE,
          Long.MAX_VALUE,
          Room.UNLIMITED,
          Room.UNLIMITED);
}
