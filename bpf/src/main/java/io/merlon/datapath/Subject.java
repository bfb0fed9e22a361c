package io.merlon.datapath;

/**
 * Where a subject's verdict table begins in the arena, and its counters: one word, so that both
 * change together.
 *
 * @param table 0 if it has none
 */
public record Subject(int table, int slots) {
  /** Subjects whose packets can be marked: see DEFERRED_MARK. */
  public static final int LIMIT = 4096;

  public static final Struct<Subject> CODEC =
      new Struct<>(
          "subject",
          8,
          (s, out) -> out.putInt(s.table).putInt(s.slots),
          in -> new Subject(in.getInt(), in.getInt()));

  /** Both as the map's word. */
  public long word() {
    return (table & 0xffffffffL) | ((long) slots << 32);
  }
}
