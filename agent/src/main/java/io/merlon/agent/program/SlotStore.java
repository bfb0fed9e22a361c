package io.merlon.agent.program;

import io.merlon.agent.compile.Decision;
import io.merlon.agent.identity.WorkloadRef;
import io.merlon.bpf.BpfMap;
import io.merlon.datapath.Counter;
import io.merlon.datapath.Slots;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The counters' slots: a block for each subject, and what each slot means. A block that was given
 * up counts for its old subject for a while, see {@link RestingBlocks}; then it is used again.
 *
 * <p>There are more slots than counters. A block beyond the last counter is not counted, but judged
 * and told of in events as any other: verdicts never wait for counters.
 */
final class SlotStore {
  private static final int SLOTS = 1 << 30;
  private static final int SPARE = 8;

  private final Space space = new Space(SLOTS);
  private final Map<Integer, SlotBlock> blocks = new HashMap<>();
  private final RestingBlocks resting;
  private final SlotMeanings meanings = new SlotMeanings();
  private final SlotCounts counts;
  private final Ledger ledger;

  /**
   * Makes a store without blocks.
   *
   * @param ledger where what was counted is added up
   * @param fragmentNanos how long a fragment is remembered
   */
  SlotStore(
      BpfMap<Integer, Counter> counters, Ledger ledger, long fragmentNanos, LongSupplier nanos) {
    this.ledger = ledger;
    this.counts = new SlotCounts(counters, ledger);
    this.resting = new RestingBlocks(fragmentNanos, nanos);
  }

  /** Takes over a subject's block; whether its slots were nobody else's. */
  boolean adopt(int subject, int at, List<Decision> decisions) {
    int length = Slots.block(decisions.size());
    if (at < 0 || at > SLOTS - length || !space.take(at, length)) {
      return false;
    }
    keep(new SlotBlock(subject, ledger.owner(subject), at, length, decisions));
    return true;
  }

  /** To be called when all blocks are adopted: what else was counted in is not used yet. */
  void adopted() {
    ledger
        .givenUp()
        .lengths()
        .forEach((at, length) -> {
          if (space.take(at, length)) {
            restLost(at, length);
          } else {
            ledger.givenUp().remove(at); // its subject was not made to leave it after all
          }
        });
    for (int slot : ledger.claimed()) {
      if (space.take(slot, 1)) {
        restLost(slot, 1);
      }
    }
  }

  private void restLost(int at, int length) {
    SlotBlock lost = SlotBlock.lost(at, length);
    meanings.put(lost);
    resting.addMoved(lost);
  }

  /** Gives names to what is counted from now on, and to what nobody could name yet. */
  void countAs(CounterNames known) {
    counts.countAs(known);
  }

  /**
   * The block a subject will have with a table of these decisions: its present one if that serves,
   * else a new one. It is the subject's only once {@link #commit} says so.
   */
  SlotBlock propose(int subject, List<Decision> decisions) {
    SlotBlock present = blocks.get(subject);
    WorkloadRef owner = counts.owner(subject);
    if (present != null && present.serves(owner, decisions)) {
      return present.with(decisions);
    }
    reclaim();
    int length = Slots.block(decisions.size() + SPARE);
    int at = take(length);
    if (at + length > counts.counted() && releaseLost()) {
      space.give(at, length);
      at = take(length);
    }
    counts.clear(at, length);
    leave(subject);
    ledger.own(subject, owner);
    return new SlotBlock(subject, owner, at, length, decisions);
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
    List<SlotBlock> lost = resting.takeLost();
    lost.forEach(this::giveUp);
    return !lost.isEmpty();
  }

  /**
   * To be called before the kernel counts to a subject's block no more: should this process die
   * before it has read it, the next one will.
   */
  void leave(int subject) {
    SlotBlock present = blocks.get(subject);
    if (present != null) {
      counts.claimed(present);
      ledger.givenUp().add(present.at(), present.length());
    }
  }

  /** The kernel counts to the block from now on. */
  void commit(SlotBlock block) {
    SlotBlock before = blocks.get(block.subject());
    if (before != null && before.at() != block.at()) {
      rest(before);
    }
    keep(block);
  }

  /** The kernel does not know of a proposed block. */
  void discard(SlotBlock block) {
    SlotBlock present = blocks.get(block.subject());
    if (present == null || present.at() != block.at()) {
      space.give(block.at(), block.length());
      if (present != null) {
        ledger.givenUp().remove(present.at());
      }
    }
  }

  void drop(int subject) {
    SlotBlock block = blocks.remove(subject);
    if (block != null) {
      rest(block);
    }
  }

  private void keep(SlotBlock block) {
    blocks.put(block.subject(), block);
    meanings.put(block);
  }

  private void rest(SlotBlock block) {
    counts.claimed(block);
    blocks.remove(block.subject());
    resting.add(block);
  }

  /** Every flow is judged again from now on. */
  void epochMoved() {
    resting.epochMoved();
  }

  /** Whether counters run short and moving the epoch would free some. */
  boolean wantsEpochMoved() {
    reclaim();
    return SLOTS - space.free() > counts.counted() / 2 && resting.awaitEpoch();
  }

  private void reclaim() {
    for (SlotBlock rested = resting.takeRested(); rested != null; rested = resting.takeRested()) {
      giveUp(rested);
    }
  }

  private void giveUp(SlotBlock block) {
    meanings.remove(block);
    counts.close(block);
    space.give(block.at(), block.length());
  }

  /** What a slot counts; any thread may ask. */
  SlotMeaning meaning(int slot) {
    return meanings.of(slot);
  }

  /** What was counted by now. */
  Tally tally() {
    Map<Integer, Counter> shown = new HashMap<>();
    int uncounted = 0;
    for (SlotBlock block : blocks.values()) {
      shown.putAll(counts.claimed(block));
      uncounted += block.at() + block.used() > counts.counted() ? 1 : 0;
    }
    resting.blocks().forEach(block -> shown.putAll(counts.claimed(block)));
    return new Tally(ledger.counts(shown), uncounted, ledger.overflowed());
  }
}
