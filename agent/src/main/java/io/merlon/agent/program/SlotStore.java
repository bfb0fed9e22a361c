package io.merlon.agent.program;

import io.merlon.agent.compile.Decision;
import io.merlon.bpf.BpfMap;
import io.merlon.datapath.Counter;
import io.merlon.datapath.Slots;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
  /** Subjects of which nothing is left. */
  static final int GONE = -1;

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
  private final Map<SlotMeaning, Counter> gone = new HashMap<>();

  /** Room for {@code length} slots from {@code at}, of which the decisions have a part. */
  record Block(int subject, int at, int length, List<Decision> decisions) {
    Block {
      decisions = List.copyOf(decisions);
    }

    boolean serves(List<Decision> wanted) {
      return Slots.block(wanted.size()) <= length
          && wanted.size() >= decisions.size()
          && wanted.subList(0, decisions.size()).equals(decisions);
    }

    Block with(List<Decision> wanted) {
      return new Block(subject, at, length, wanted);
    }
  }

  /** A block given up; {@code moved} is when the epoch moved after that, null if not yet. */
  private record Resting(Block block, @Nullable Long moved) {}

  /**
   * Makes a store without blocks.
   *
   * @param counted how many counters there are
   * @param fragmentNanos how long a fragment is remembered
   */
  SlotStore(
      BpfMap<Integer, Counter> counters, int counted, long fragmentNanos, LongSupplier nanos) {
    this.counters = counters;
    this.counted = counted;
    this.fragmentNanos = fragmentNanos;
    this.nanos = nanos;
  }

  /** Takes over a subject's block; whether its slots were nobody else's. */
  boolean adopt(int subject, int at, List<Decision> decisions) {
    int length = Slots.block(decisions.size());
    if (at < 0 || at > SLOTS - length || !space.take(at, length)) {
      return false;
    }
    keep(new Block(subject, at, length, decisions));
    return true;
  }

  /**
   * The block a subject will have with a table of these decisions: its present one if that serves,
   * else a new one. It is the subject's only once {@link #commit} says so.
   */
  Block propose(int subject, List<Decision> decisions) {
    Block present = blocks.get(subject);
    if (present != null && present.serves(decisions)) {
      return present.with(decisions);
    }
    reclaim();
    int length = Slots.block(decisions.size() + SPARE);
    int at =
        space
            .take(length)
            .orElseThrow(() -> new IllegalStateException("no " + length + " slots are free"));
    for (int slot = at; slot < Math.min(at + length, counted); slot++) {
      counters.put(slot, Counter.ZERO);
    }
    return new Block(subject, at, length, decisions);
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
      Block block = resting.removeFirst().block();
      meanings.remove(block.at());
      read(block, (meaning, counter) -> gone.merge(meaning, counter, Counter::plus));
      space.give(block.at(), block.length());
    }
  }

  /** What a slot counts; any thread may ask. */
  SlotMeaning meaning(int slot) {
    Map.Entry<Integer, Block> entry = meanings.floorEntry(slot);
    if (entry == null || slot >= entry.getKey() + entry.getValue().length()) {
      return new SlotMeaning.Unknown();
    }
    return SlotMeaning.of(slot - entry.getKey(), entry.getValue().decisions());
  }

  List<CounterReading> readings() {
    List<CounterReading> readings = new ArrayList<>();
    blocks.values().forEach(block -> read(block, (m, c) -> readings.add(reading(block, m, c))));
    resting.forEach(r -> read(r.block(), (m, c) -> readings.add(reading(r.block(), m, c))));
    gone.forEach((m, c) -> readings.add(new CounterReading(GONE, m, c.packets(), c.bytes())));
    return readings;
  }

  private static CounterReading reading(Block block, SlotMeaning meaning, Counter counter) {
    return new CounterReading(block.subject(), meaning, counter.packets(), counter.bytes());
  }

  private interface Visitor {
    void visit(SlotMeaning meaning, Counter counter);
  }

  private void read(Block block, Visitor visitor) {
    int used = Math.min(Slots.block(block.decisions().size()), counted - block.at());
    for (int offset = 0; offset < used; offset++) {
      Counter counter = counters.get(block.at() + offset).orElse(Counter.ZERO);
      if (counter.packets() != 0) {
        visitor.visit(SlotMeaning.of(offset, block.decisions()), counter);
      }
    }
  }
}
