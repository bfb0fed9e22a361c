package io.merlon.agent.program;

import io.merlon.agent.compile.Decision;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.bpf.BpfException;
import io.merlon.bpf.MappedArray;
import io.merlon.datapath.TableImage;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * The arena of verdict tables: where each is, and what room is free.
 *
 * <p>A table is its words and behind them the cookies of its decisions, by which it can be read
 * back. Nothing in the kernel says that a place is taken but the subjects that name it. So a
 * process that is killed while it writes a table leaves free room, and no more.
 *
 * <p>Room that was given up is written again only after a grace period, for a packet that began
 * before its subject was switched may still read there. The order is: switch the subject, then take
 * the moment, then wait for it, then write. Whoever reads the old word after the moment cannot be,
 * because the switch came before; whoever read it before the moment has ended after the wait.
 */
final class TableStore {
  private final MappedArray words;
  private final Grace grace;
  private final Space space;
  private final Map<Integer, Placed> tables = new HashMap<>();
  private final Deque<Resting> resting = new ArrayDeque<>();
  private final Map<VerdictTable, Long> sizes = Collections.synchronizedMap(new WeakHashMap<>());

  /** A table at its place. */
  record Placed(int at, int length, List<Decision> decisions) {}

  private record Resting(int at, int length, long moment) {}

  TableStore(MappedArray words, Grace grace) {
    this.words = words;
    this.grace = grace;
    this.space = new Space((int) words.length());
    space.take(0, 1); // word 0 stands for "no table"
  }

  /** How many words a table takes. */
  long size(VerdictTable table) {
    return sizes.computeIfAbsent(
        table,
        t -> {
          EncodedTable encoded = EncodedTable.of(t);
          return (long) encoded.words().length + encoded.decisions().size();
        });
  }

  /** Reads the table that a subject names; what cannot be one is an IllegalArgumentException. */
  DecodedTable read(int at, DecodedTable.Meanings meanings) {
    return read(words, at, meanings);
  }

  static DecodedTable read(MappedArray words, int at, DecodedTable.Meanings meanings) {
    if (at < 1 || at > words.length() - 2) {
      throw new IllegalArgumentException("table at word " + at);
    }
    int length = TableImage.length(words.get(at), words.get(at + 1));
    int decisions = (int) (words.get(at + 1) >>> 32);
    if (length == 0 || decisions < 0 || at + (long) length + decisions > words.length()) {
      throw new IllegalArgumentException("no table at word " + at);
    }
    long[] image = new long[length];
    long[] cookies = new long[decisions];
    words.copyOut(at, image);
    words.copyOut(at + (long) length, cookies);
    return DecodedTable.of(image, cookies, meanings);
  }

  /** Takes over a table that is there; whether its room was nobody else's. */
  boolean adopt(int number, int at, DecodedTable table) {
    int length = TableImage.length(words.get(at), words.get(at + 1)) + table.decisions().size();
    tables.put(number, new Placed(at, length, table.decisions()));
    return space.take(at, length);
  }

  void write(int number, VerdictTable table) {
    EncodedTable encoded = EncodedTable.of(table, similar(table));
    long[] image = encoded.words();
    List<Decision> decisions = encoded.decisions();
    int length = image.length + decisions.size();
    int at = room(length);
    words.copyIn(at, image);
    words.copyIn(at + (long) image.length, cookies(decisions));
    tables.put(number, new Placed(at, length, decisions));
  }

  private static long[] cookies(List<Decision> decisions) {
    return decisions.stream().mapToLong(Decision::cookie).toArray();
  }

  /**
   * The decisions of a table that shares most of them, so that they keep their places: then its
   * subjects keep their counters when they are switched.
   */
  private List<Decision> similar(VerdictTable table) {
    Set<Decision> own = Set.copyOf(EncodedTable.of(table).decisions());
    List<Decision> best = List.of();
    long most = 0;
    for (Placed placed : tables.values()) {
      List<Decision> known = placed.decisions();
      long shared = known.stream().filter(own::contains).count();
      if (shared > most && known.size() <= 2 * own.size() + 8) {
        most = shared;
        best = known;
      }
    }
    return best;
  }

  private int room(int length) {
    reclaim();
    OptionalInt at = space.take(length);
    while (at.isEmpty() && !resting.isEmpty()) {
      grace.await(resting.getFirst().moment());
      reclaim();
      at = space.take(length);
    }
    return at.orElseThrow(() ->
        new BpfException(
            "map tables has no run of %d words, %d are free".formatted(length, space.free())));
  }

  private void reclaim() {
    while (!resting.isEmpty() && grace.isOver(resting.getFirst().moment())) {
      Resting free = resting.removeFirst();
      space.give(free.at(), free.length());
    }
  }

  Placed place(int number) {
    Placed placed = tables.get(number);
    if (placed == null) {
      throw new IllegalStateException("no table " + number);
    }
    return placed;
  }

  /** Gives a table's room up; no subject may name it any more. */
  void free(int number) {
    Placed placed = place(number);
    tables.remove(number);
    resting.addLast(new Resting(placed.at(), placed.length(), grace.moment()));
  }
}
