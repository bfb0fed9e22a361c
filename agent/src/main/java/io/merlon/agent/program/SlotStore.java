package io.merlon.agent.program;

import io.merlon.agent.compile.Decision;
import io.merlon.agent.identity.WorkloadRef;
import io.merlon.bpf.BpfMap;
import io.merlon.datapath.Counter;
import io.merlon.datapath.Slots;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The counters' slots: a block for each subject, and what each slot means.
 *
 * <p>A flow goes on counting to the slot of the decision that allowed it until it is judged again,
 * and a fragment to its datagram's. So a block that was given up counts for its old subject until
 * the epoch has moved and the fragments known then are forgotten; only then is it used again.
 *
 * <p>There are more slots than counters. A block beyond the last counter is not counted, but judged
 * and told of in events as any other: verdicts never wait for counters.
 */
final class SlotStore {
  /** Whose counters were a dead process's. */
  private static final int NOBODY = -1;

  private static final int SLOTS = 1 << 30;
  private static final int SPARE = 8;

  private final BpfMap<Integer, Counter> counters;
  private final int counted;
  private final long fragmentNanos;
  private final LongSupplier nanos;
  private final Space space = new Space(SLOTS);
  private final Map<Integer, Block> blocks = new HashMap<>();
  private final Deque<Resting> resting = new ArrayDeque<>();
  private final ConcurrentSkipListMap<Integer, Block> meanings = new ConcurrentSkipListMap<>();
  private final Ledger ledger;
  private Optional<CounterNames> names = Optional.empty();

  /**
   * Room for {@code length} slots from {@code at}, of which the decisions have a part.
   *
   * @param owner whom they are counted for
   */
  record Block(int subject, WorkloadRef owner, int at, int length, List<Decision> decisions) {
    Block {
      decisions = List.copyOf(decisions);
    }

    boolean serves(WorkloadRef wanter, List<Decision> wanted) {
      return owner.equals(wanter)
          && Slots.block(wanted.size()) <= length
          && wanted.size() >= decisions.size()
          && wanted.subList(0, decisions.size()).equals(decisions);
    }

    SlotMeaning meaning(int slot) {
      return subject == NOBODY ? new SlotMeaning.Unknown() : SlotMeaning.of(slot - at, decisions);
    }

    Block with(List<Decision> wanted) {
      return new Block(subject, owner, at, length, wanted);
    }
  }

  /** A block given up; {@code moved} is when the epoch moved after that, null if not yet. */
  private record Resting(Block block, @Nullable Long moved) {}

  /**
   * Makes a store without blocks.
   *
   * @param ledger where what was counted is added up
   * @param fragmentNanos how long a fragment is remembered
   */
  SlotStore(
      BpfMap<Integer, Counter> counters, Ledger ledger, long fragmentNanos, LongSupplier nanos) {
    this.counters = counters;
    this.ledger = ledger;
    this.counted = counters.maxEntries();
    this.fragmentNanos = fragmentNanos;
    this.nanos = nanos;
  }

  /** Takes over a subject's block; whether its slots were nobody else's. */
  boolean adopt(int subject, int at, List<Decision> decisions) {
    int length = Slots.block(decisions.size());
    if (at < 0 || at > SLOTS - length || !space.take(at, length)) {
      return false;
    }
    keep(new Block(subject, ledger.owner(subject), at, length, decisions));
    return true;
  }

  /** To be called when all blocks are adopted: what else was counted in is not used yet. */
  void adopted() {
    ledger
        .givenUp()
        .lengths()
        .forEach((at, length) -> {
          if (space.take(at, length)) {
            await(new Block(NOBODY, WorkloadRef.NONE, at, length, List.of()));
          } else {
            ledger.givenUp().remove(at); // its subject was not made to leave it after all
          }
        });
    for (int slot : ledger.claimed()) {
      if (space.take(slot, 1)) {
        await(new Block(NOBODY, WorkloadRef.NONE, slot, 1, List.of()));
      }
    }
  }

  private void await(Block lost) {
    meanings.put(lost.at(), lost);
    resting.addLast(new Resting(lost, nanos.getAsLong()));
  }

  /** Gives names to what is counted from now on, and to what nobody could name yet. */
  void countAs(CounterNames known) {
    names = Optional.of(known);
  }

  /**
   * The block a subject will have with a table of these decisions: its present one if that serves,
   * else a new one. It is the subject's only once {@link #commit} says so.
   */
  Block propose(int subject, List<Decision> decisions) {
    Block present = blocks.get(subject);
    WorkloadRef owner =
        names.map(known -> known.owner(subject)).orElseGet(() -> ledger.owner(subject));
    if (present != null && present.serves(owner, decisions)) {
      return present.with(decisions);
    }
    reclaim();
    int length = Slots.block(decisions.size() + SPARE);
    int at = take(length);
    if (at + length > counted && releaseLost()) {
      space.give(at, length);
      at = take(length);
    }
    for (int slot = at; slot < Math.min(at + length, counted); slot++) {
      counters.put(slot, Counter.ZERO);
    }
    leave(subject);
    ledger.own(subject, owner);
    return new Block(subject, owner, at, length, decisions);
  }

  private int take(int length) {
    return space
        .take(length)
        .orElseThrow(() -> new IllegalStateException("no " + length + " slots are free"));
  }

  /**
   * Uses at once what dead processes counted in, and whether there was any. It lies scattered, so
   * that no block fits between, and a subject that is not counted is worse than what is risked: no
   * flow counts there since adoption moved the epoch, but later parts of a datagram may.
   */
  private boolean releaseLost() {
    List<Resting> lost = resting.stream().filter(rest -> rest.block().subject() == NOBODY).toList();
    resting.removeAll(lost);
    lost.forEach(rest -> giveUp(rest.block()));
    return !lost.isEmpty();
  }

  /**
   * To be called before the kernel counts to a subject's block no more: should this process die
   * before it has read it, the next one will.
   */
  void leave(int subject) {
    Block present = blocks.get(subject);
    if (present != null) {
      claim(present, read(present));
      ledger.givenUp().add(present.at(), present.length());
    }
  }

  /** The kernel counts to the block from now on. */
  void commit(Block block) {
    Block before = blocks.get(block.subject());
    if (before != null && before.at() != block.at()) {
      rest(before);
    }
    keep(block);
  }

  /** The kernel does not know of a proposed block. */
  void discard(Block block) {
    Block present = blocks.get(block.subject());
    if (present == null || present.at() != block.at()) {
      space.give(block.at(), block.length());
      if (present != null) {
        ledger.givenUp().remove(present.at());
      }
    }
  }

  void drop(int subject) {
    Block block = blocks.remove(subject);
    if (block != null) {
      rest(block);
    }
  }

  private void keep(Block block) {
    blocks.put(block.subject(), block);
    meanings.put(block.at(), block);
  }

  private void rest(Block block) {
    claim(block, read(block));
    blocks.remove(block.subject());
    resting.addLast(new Resting(block, null));
  }

  /** Every flow is judged again from now on. */
  void epochMoved() {
    long now = nanos.getAsLong();
    List<Resting> all = new ArrayList<>(resting);
    resting.clear();
    for (Resting block : all) {
      resting.add(block.moved() == null ? new Resting(block.block(), now) : block);
    }
  }

  /** Whether counters run short and moving the epoch would free some. */
  boolean wantsEpochMoved() {
    reclaim();
    long used = SLOTS - space.free();
    return used > counted / 2 && resting.stream().anyMatch(block -> block.moved() == null);
  }

  private void reclaim() {
    long now = nanos.getAsLong();
    while (!resting.isEmpty()) {
      Long moved = resting.getFirst().moved();
      if (moved == null || now - moved < fragmentNanos) {
        return;
      }
      giveUp(resting.removeFirst().block());
    }
  }

  /** Nothing counts in a block any more. */
  private void giveUp(Block block) {
    meanings.remove(block.at());
    Map<Integer, Counter> last = read(block);
    claim(block, last);
    for (int slot : last.keySet()) {
      if (!ledger.isClaimed(slot)) {
        ledger.claim(slot, Ledger.OTHER, Counter.ZERO);
      }
    }
    // From here on the claims say what is left to be read: a counter without one has been.
    ledger.givenUp().remove(block.at());
    last.forEach(ledger::release);
    space.give(block.at(), block.length());
  }

  /** What a slot counts; any thread may ask. */
  SlotMeaning meaning(int slot) {
    Map.Entry<Integer, Block> entry = meanings.floorEntry(slot);
    if (entry == null || slot >= entry.getKey() + entry.getValue().length()) {
      return new SlotMeaning.Unknown();
    }
    return entry.getValue().meaning(slot);
  }

  /** What was counted by now. */
  Tally tally() {
    Map<Integer, Counter> shown = new HashMap<>();
    int uncounted = 0;
    for (Block block : blocks.values()) {
      shown.putAll(claimed(block));
      uncounted += block.at() + Slots.block(block.decisions().size()) > counted ? 1 : 0;
    }
    resting.forEach(rest -> shown.putAll(claimed(rest.block())));
    return new Tally(ledger.counts(shown), uncounted, ledger.overflowed());
  }

  private Map<Integer, Counter> claimed(Block block) {
    Map<Integer, Counter> shown = read(block);
    claim(block, shown);
    return shown;
  }

  /** Says of each counter that counts for the first time what it counts. */
  private void claim(Block block, Map<Integer, Counter> shown) {
    for (int slot : shown.keySet()) {
      if (!ledger.isClaimed(slot)) {
        series(block, slot).ifPresent(series -> ledger.claim(slot, series, Counter.ZERO));
      }
    }
  }

  private Optional<String> series(Block block, int slot) {
    return block.subject() == NOBODY
        ? Optional.of(Ledger.OTHER)
        : names.flatMap(known -> known.series(block.owner(), block.meaning(slot)));
  }

  /** The counters of a block that counted anything. */
  private Map<Integer, Counter> read(Block block) {
    Map<Integer, Counter> shown = new HashMap<>();
    int used = block.subject() == NOBODY ? block.length() : Slots.block(block.decisions().size());
    int length = Math.min(used, counted - block.at());
    counters
        .batch()
        .run(
            slot -> slot,
            block.at(),
            length,
            (slot, counter) -> {
              if (counter.packets() != 0) {
                shown.put(slot, counter);
              }
            });
    return shown;
  }
}
