package io.merlon.agent.program;

import io.merlon.agent.identity.WorkloadRef;
import io.merlon.agent.program.PinLayout.Generation;
import io.merlon.bpf.BpfException;
import io.merlon.bpf.BpfMap;
import io.merlon.bpf.Codec;
import io.merlon.bpf.MapSpec;
import io.merlon.bpf.MapType;
import io.merlon.bpf.OwnedMap;
import io.merlon.datapath.Counter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What counters have counted, added up in series, in maps that outlive processes and generations.
 *
 * <p>A series' count is its total, and what the counters that are claimed for it show beyond the
 * claims' bases. Each change is one update of one map, but for the end of a claim, which moves what
 * was counted from a counter to a total: the claim says first what the total will be, so that a
 * process that dies in between leaves an end that can be done again.
 */
final class Ledger implements AutoCloseable {
  /** Takes what there is no room for. */
  static final String OTHER = "other";

  static final String OWNERS = "owners";
  static final String TOTALS = "totals";
  static final String GIVEN_UP = "given_up";
  private static final int MOST_SERIES = 1 << 14;
  private static final int SUBJECTS = 1 << 12;

  private final Generation generation;
  private final OwnedMap<Long, Total> totalsMap;
  private final OwnedMap<Integer, Owner> ownersMap;
  private final Books books;
  private final GivenUp givenUp;
  private final List<Books> old = new ArrayList<>();
  private final Map<Long, Total> totals;
  private final Map<Integer, WorkloadRef> owners = new HashMap<>();
  private long overflowed;

  private Ledger(
      Generation generation,
      OwnedMap<Long, Total> totalsMap,
      OwnedMap<Integer, Owner> ownersMap,
      Books books,
      GivenUp givenUp) {
    this.generation = generation;
    this.totalsMap = totalsMap;
    this.ownersMap = ownersMap;
    this.books = books;
    this.givenUp = givenUp;
    this.totals = new HashMap<>(totalsMap.entries());
    ownersMap.forEach((subject, owner) -> owners.put(subject, owner.workload()));
    put(new Total(OTHER, total(Total.key(OTHER))));
    finishEnds(books);
  }

  static Ledger open(Generation generation, BpfMap<Integer, Counter> counters) {
    List<AutoCloseable> opened = new ArrayList<>();
    try {
      OwnedMap<Long, Total> totals = totals(totalsPin(generation));
      opened.add(totals);
      OwnedMap<Integer, Owner> owners = owners(generation.map(OWNERS));
      opened.add(owners);
      Books books = Books.open(generation, counters);
      opened.add(books);
      return new Ledger(generation, totals, owners, books, GivenUp.open(generation.map(GIVEN_UP)));
    } catch (RuntimeException failure) {
      opened.forEach(Ledger::quietly);
      throw failure;
    }
  }

  private static void quietly(AutoCloseable opened) {
    try {
      opened.close();
    } catch (Exception e) {
      throw new IllegalStateException("a map cannot be closed", e);
    }
  }

  private static Path totalsPin(Generation generation) {
    return generation.folder().resolveSibling(TOTALS);
  }

  private static OwnedMap<Long, Total> totals(Path pin) {
    return Books.openOrCreate(
        pin,
        new MapSpec("merlon_totals", MapType.HASH, Long.BYTES, Total.CODEC.size(), MOST_SERIES)
            .withFlags(MapSpec.NO_PREALLOC),
        Codec.u64(),
        Total.CODEC);
  }

  private static OwnedMap<Integer, Owner> owners(Path pin) {
    return Books.openOrCreate(
        pin,
        new MapSpec("merlon_owners", MapType.HASH, Integer.BYTES, Owner.CODEC.size(), SUBJECTS)
            .withFlags(MapSpec.NO_PREALLOC),
        Codec.u32(),
        Owner.CODEC);
  }

  /** The claims a dead process was giving up. */
  private void finishEnds(Books of) {
    Map.copyOf(of.claims())
        .forEach((slot, claim) -> {
          if (claim.ending()) {
            settle(of, slot, claim);
          }
        });
  }

  /** Counts in, for as long as programs count there, what is in another generation's maps. */
  void include(Generation other) {
    try {
      Books included = Books.ofOld(other);
      old.add(included);
      finishEnds(included);
    } catch (BpfException | IllegalArgumentException unreadable) {
      // Counters of another shape, or none: what they counted cannot be named any more.
    }
  }

  /** Nobody counts in other generations any more. */
  void closeOldBooks() {
    for (Books books : old) {
      Map<Integer, Counter> counted = new HashMap<>();
      books.visit(counted::put);
      counted.forEach((slot, since) -> end(books, slot, since));
      books.close();
    }
    old.clear();
  }

  WorkloadRef owner(int subject) {
    return owners.getOrDefault(subject, WorkloadRef.NONE);
  }

  /** A subject is counted for somebody from now on. */
  void own(int subject, WorkloadRef workload) {
    if (!workload.equals(owners.put(subject, workload))) {
      ownersMap.put(subject, new Owner(workload));
    }
  }

  /** The blocks that await their last reading. */
  GivenUp givenUp() {
    return givenUp;
  }

  Set<Integer> claimed() {
    return Set.copyOf(books.claims().keySet());
  }

  boolean isClaimed(int slot) {
    return books.has(slot);
  }

  /** A counter counts for a series from the moment it showed this. */
  void claim(int slot, String series, Counter base) {
    int length = series.getBytes(StandardCharsets.UTF_8).length;
    String name = length > Total.LONGEST ? cut(series) : series;
    long key = Total.key(name);
    if (!totals.containsKey(key) && !begin(new Total(name, Counter.ZERO))) {
      key = Total.key(OTHER);
    }
    books.put(slot, Claim.of(key, base));
  }

  private static String cut(String series) {
    return series.substring(0, Total.LONGEST / 3 - 16) + "." + Long.toHexString(Total.key(series));
  }

  private boolean begin(Total total) {
    if (totals.size() >= MOST_SERIES && !forgetOne()) {
      overflowed++;
      return false;
    }
    put(total);
    return true;
  }

  /** A series nothing counts for makes room; if it comes again, it begins again. */
  private boolean forgetOne() {
    Set<Long> used = new HashSet<>(Set.of(Total.key(OTHER)));
    books.claims().values().forEach(claim -> used.add(claim.series()));
    old.forEach(b -> b.claims().values().forEach(claim -> used.add(claim.series())));
    for (Long key : totals.keySet()) {
      if (!used.contains(key)) {
        totalsMap.delete(key);
        totals.remove(key);
        return true;
      }
    }
    return false;
  }

  private void put(Total total) {
    long key = Total.key(total.series());
    totalsMap.put(key, total);
    totals.put(key, total);
  }

  private Counter total(long key) {
    Total total = totals.get(key);
    return total == null ? Counter.ZERO : total.counted();
  }

  /** A counter that shows this, and is not counted in any more, counts for nobody from now on. */
  void release(int slot, Counter now) {
    Claim claim = books.claims().get(slot);
    if (claim != null) {
      end(books, slot, claim.since(now));
    }
  }

  private void end(Books of, int slot, Counter since) {
    Claim claim = of.claims().get(slot);
    if (claim != null) {
      Claim ending = claim.ending(total(claim.series()).plus(since));
      of.put(slot, ending);
      settle(of, slot, ending);
    }
  }

  private void settle(Books of, int slot, Claim ending) {
    Total total = totals.get(ending.series());
    if (total != null) {
      put(new Total(total.series(), ending.after()));
    }
    of.remove(slot);
  }

  /**
   * The count of every series.
   *
   * @param shown what the counters show that were looked at
   */
  Map<String, Counter> counts(Map<Integer, Counter> shown) {
    Map<Long, Counter> counts = new HashMap<>();
    totals.forEach((key, total) -> counts.put(key, total.counted()));
    books
        .claims()
        .forEach((slot, claim) -> {
          Counter now = shown.get(slot);
          if (now != null) {
            counts.merge(claim.series(), claim.since(now), Counter::plus);
          }
        });
    for (Books others : old) {
      others.visit((slot, since) -> {
        Claim claim = others.claims().get(slot);
        if (claim != null) {
          counts.merge(claim.series(), since, Counter::plus);
        }
      });
    }
    Map<String, Counter> named = new HashMap<>();
    counts.forEach((key, counter) -> {
      Total total = totals.get(key);
      if (total != null && counter.packets() != 0) {
        named.put(total.series(), counter);
      }
    });
    return named;
  }

  long overflowed() {
    return overflowed;
  }

  /** Pins what lost its name; says what. */
  List<String> pinAgain() {
    List<String> again = new ArrayList<>();
    if (!Files.exists(totalsPin(generation))) {
      totalsMap.pin(totalsPin(generation));
      again.add(TOTALS);
    }
    if (!Files.exists(generation.map(OWNERS))) {
      ownersMap.pin(generation.map(OWNERS));
      again.add(OWNERS);
    }
    if (!Files.exists(generation.map(Books.CLAIMS))) {
      books.pin(generation.map(Books.CLAIMS));
      again.add(Books.CLAIMS);
    }
    if (givenUp.pinAgain()) {
      again.add(GIVEN_UP);
    }
    return again;
  }

  @Override
  public void close() {
    old.forEach(Books::close);
    books.close();
    givenUp.close();
    ownersMap.close();
    totalsMap.close();
  }
}
