package io.merlon.agent.program;

import io.merlon.agent.identity.WorkloadRef;
import io.merlon.agent.program.PinLayout.Generation;
import io.merlon.bpf.BpfException;
import io.merlon.bpf.BpfMap;
import io.merlon.datapath.Counter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What counters have counted, added up in series, in maps that outlive processes and generations.
 *
 * <p>A series' count is its total, and what the counters that are claimed for it show beyond the
 * claims' bases. Each change is one update of one map, but for the end of a claim, see {@link
 * Books#end}.
 */
final class Ledger implements AutoCloseable {
  /** Takes what there is no room for. */
  static final String OTHER = "other";

  static final String OWNERS = "owners";
  static final String TOTALS = "totals";
  static final String GIVEN_UP = "given_up";

  private final Generation generation;
  private final Totals totals;
  private final Owners owners;
  private final Books books;
  private final GivenUp givenUp;
  private final List<Books> old = new ArrayList<>();
  private long overflowed;

  private Ledger(
      Generation generation, Totals totals, Owners owners, Books books, GivenUp givenUp) {
    this.generation = generation;
    this.totals = totals;
    this.owners = owners;
    this.books = books;
    this.givenUp = givenUp;
    books.finishEnds(totals);
  }

  static Ledger open(Generation generation, BpfMap<Integer, Counter> counters) {
    List<Runnable> opened = new ArrayList<>();
    try {
      Totals totals = Totals.open(totalsPin(generation));
      opened.add(totals::close);
      Owners owners = Owners.open(generation.map(OWNERS));
      opened.add(owners::close);
      Books books = Books.open(generation, counters);
      opened.add(books::close);
      return new Ledger(generation, totals, owners, books, GivenUp.open(generation.map(GIVEN_UP)));
    } catch (RuntimeException failure) {
      opened.forEach(Runnable::run);
      throw failure;
    }
  }

  private static Path totalsPin(Generation generation) {
    return generation.folder().resolveSibling(TOTALS);
  }

  /** Counts in, for as long as programs count there, what is in another generation's maps. */
  void include(Generation other) {
    try {
      Books included = Books.ofOld(other);
      old.add(included);
      included.finishEnds(totals);
    } catch (BpfException | IllegalArgumentException unreadable) {
      // Counters of another shape, or none: what they counted cannot be named any more.
    }
  }

  /** Nobody counts in other generations any more. */
  void closeOldBooks() {
    for (Books books : old) {
      books.endAll(totals);
      books.close();
    }
    old.clear();
  }

  WorkloadRef owner(int subject) {
    return owners.of(subject);
  }

  /** A subject is counted for somebody from now on. */
  void own(int subject, WorkloadRef workload) {
    owners.put(subject, workload);
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
    String name = Totals.name(series);
    long key = Total.key(name);
    books.put(slot, Claim.of(totals.has(key) || begin(name) ? key : Total.key(OTHER), base));
  }

  /** A series nothing counts for makes room; if it comes again, it begins again. */
  private boolean begin(String name) {
    if (totals.isFull() && !totals.forgetOne(used())) {
      overflowed++;
      return false;
    }
    totals.begin(name);
    return true;
  }

  private Set<Long> used() {
    Set<Long> used = new HashSet<>(Set.of(Total.key(OTHER)));
    books.claims().values().forEach(claim -> used.add(claim.series()));
    old.forEach(b -> b.claims().values().forEach(claim -> used.add(claim.series())));
    return used;
  }

  /** A counter that shows this, and is not counted in any more, counts for nobody from now on. */
  void release(int slot, Counter now) {
    Claim claim = books.claims().get(slot);
    if (claim != null) {
      books.end(slot, claim.since(now), totals);
    }
  }

  /**
   * The count of every series.
   *
   * @param shown what the counters show that were looked at
   */
  Map<String, Counter> counts(Map<Integer, Counter> shown) {
    Map<Long, Counter> counts = totals.counts();
    books
        .claims()
        .forEach((slot, claim) -> {
          Counter now = shown.get(slot);
          if (now != null) {
            counts.merge(claim.series(), claim.since(now), Counter::plus);
          }
        });
    old.forEach(others -> others.addTo(counts));
    return totals.named(counts);
  }

  long overflowed() {
    return overflowed;
  }

  /** Pins what lost its name; says what. */
  List<String> pinAgain() {
    List<String> again = new ArrayList<>();
    if (totals.pinAgain()) {
      again.add(TOTALS);
    }
    if (owners.pinAgain()) {
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
    owners.close();
    totals.close();
  }
}
