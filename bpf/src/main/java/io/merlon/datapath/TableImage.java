package io.merlon.datapath;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A verdict table in the words the kernel reads (see {@code tables} in {@code bpf/src/abi.h}).
 * Equal rows, and equal interval lists, are written once.
 */
public final class TableImage {
  private static final int MAGIC = 0x4d45524c;
  private static final int HEADER = 2;
  private static final int GROUPS = 4;
  private static final long UNIFORM = 1L << 63;
  static final long ALLOW = 0x10000;
  static final int REASON = 24;
  static final int LAST_REASON = 0xff;

  /**
   * From {@code firstPort} up to the next interval, {@code decision} says {@code allow} or not.
   *
   * @param reason the code of a denial's own {@link DropReason}; 0 if it has none but policy
   */
  public record Interval(int firstPort, boolean allow, int reason, int decision) {
    public Interval {
      if (reason < 0 || reason > LAST_REASON || (allow && reason != 0)) {
        throw new IllegalArgumentException("reason " + reason + " of an interval");
      }
    }

    public Interval(int firstPort, boolean allow, int decision) {
      this(firstPort, allow, 0, decision);
    }
  }

  /** One direction's verdicts on one peer class, by protocol; every list begins at port 0. */
  public record Row(
      List<Interval> tcp, List<Interval> udp, List<Interval> sctp, List<Interval> other) {
    public Row {
      tcp = List.copyOf(tcp);
      udp = List.copyOf(udp);
      sctp = List.copyOf(sctp);
      other = List.copyOf(other);
    }

    /** The same for every protocol and port. */
    public static Row all(boolean allow, int decision) {
      List<Interval> one = List.of(new Interval(0, allow, decision));
      return new Row(one, one, one, one);
    }

    private List<List<Interval>> groups() {
      return List.of(tcp, udp, sctp, other);
    }
  }

  private final int decisions;
  private final List<Long> words = new ArrayList<>();
  private final Map<Row, Integer> rows = new HashMap<>();
  private final Map<List<Interval>, Integer> lists = new HashMap<>();

  private TableImage(int decisions) {
    this.decisions = decisions;
  }

  /**
   * Encodes a table.
   *
   * @param ingress by class; class 0 is also that of all classes beyond the list
   * @param egress as long as {@code ingress}
   * @param decisions how many there are, all below this number
   */
  public static long[] encode(List<Row> ingress, List<Row> egress, int decisions) {
    if (ingress.isEmpty() || ingress.size() != egress.size()) {
      throw new IllegalArgumentException(
          "rows for " + ingress.size() + " classes of ingress, " + egress.size() + " of egress");
    }
    return new TableImage(decisions).build(ingress, egress);
  }

  /** A table as it was before it was encoded; the rows of both directions are equally many. */
  public record Content(List<Row> ingress, List<Row> egress, int decisions) {
    public Content {
      ingress = List.copyOf(ingress);
      egress = List.copyOf(egress);
    }
  }

  /** The length of the table whose first two words these are, or 0 if they are no table's. */
  public static int length(long first, long second) {
    return (int) second == MAGIC && (int) first >= HEADER ? (int) first : 0;
  }

  /** Decodes a table; what contradicts itself is an {@link IllegalArgumentException}. */
  public static Content decode(long[] words) {
    return new TableReader(words).read();
  }

  private long[] build(List<Row> ingress, List<Row> egress) {
    for (int i = 0; i < HEADER + ingress.size(); i++) {
      words.add(0L);
    }
    for (int c = 0; c < ingress.size(); c++) {
      words.set(HEADER + c, pair(row(ingress.get(c)), row(egress.get(c))));
    }
    words.set(0, pair(words.size(), ingress.size()));
    words.set(1, pair(MAGIC, decisions));
    return words.stream().mapToLong(Long::longValue).toArray();
  }

  private int row(Row row) {
    Integer known = rows.get(row);
    if (known != null) {
      return known;
    }
    long[] entries = new long[GROUPS];
    for (int g = 0; g < GROUPS; g++) {
      List<Interval> list = row.groups().get(g);
      entries[g] = pair(list(list), list.size()) | (uniform(list) ? UNIFORM : 0);
    }
    int at = words.size();
    for (long entry : entries) {
      words.add(entry);
    }
    rows.put(row, at);
    return at;
  }

  private int list(List<Interval> list) {
    Integer known = lists.get(list);
    if (known != null) {
      return known;
    }
    check(list);
    int at = words.size();
    for (Interval interval : list) {
      words.add(
          interval.firstPort()
              | (interval.allow() ? ALLOW : 0)
              | (long) interval.reason() << REASON
              | (long) interval.decision() << 32);
    }
    lists.put(list, at);
    return at;
  }

  private void check(List<Interval> list) {
    int last = -1;
    for (Interval interval : list) {
      boolean sorted = last < 0 ? interval.firstPort() == 0 : interval.firstPort() > last;
      if (!sorted || interval.firstPort() > 0xffff || interval.decision() >= decisions) {
        throw new IllegalArgumentException("interval out of order or range: " + list);
      }
      last = interval.firstPort();
    }
    if (last < 0) {
      throw new IllegalArgumentException("no interval at all");
    }
  }

  private static boolean uniform(List<Interval> list) {
    return list.stream().map(Interval::allow).distinct().count() == 1;
  }

  private static long pair(int low, int high) {
    return (low & 0xffffffffL) | ((long) high << 32);
  }
}
