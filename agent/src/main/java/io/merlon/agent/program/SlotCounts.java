package io.merlon.agent.program;

import io.merlon.agent.identity.WorkloadRef;
import io.merlon.bpf.BpfMap;
import io.merlon.datapath.Counter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads blocks of counters, and says in the ledger for which series each counts. There are more
 * slots than counters: what is beyond the last counter is not counted.
 */
final class SlotCounts {
  private final BpfMap<Integer, Counter> counters;
  private final int counted;
  private final Ledger ledger;
  private Optional<CounterNames> names = Optional.empty();

  SlotCounts(BpfMap<Integer, Counter> counters, Ledger ledger) {
    this.counters = counters;
    this.counted = counters.maxEntries();
    this.ledger = ledger;
  }

  /** Gives names to what is counted from now on, and to what nobody could name yet. */
  void countAs(CounterNames known) {
    names = Optional.of(known);
  }

  /** For whom a subject will be counted. */
  WorkloadRef owner(int subject) {
    return names.map(known -> known.owner(subject)).orElseGet(() -> ledger.owner(subject));
  }

  /** How many slots have a counter. */
  int counted() {
    return counted;
  }

  /** Counters of slots that are about to be used begin with nothing. */
  void clear(int at, int length) {
    for (int slot = at; slot < Math.min(at + length, counted); slot++) {
      counters.put(slot, Counter.ZERO);
    }
  }

  /** Says of each counter that counts for the first time what it counts; what they show. */
  Map<Integer, Counter> claimed(SlotBlock block) {
    Map<Integer, Counter> shown = read(block);
    for (int slot : shown.keySet()) {
      if (!ledger.isClaimed(slot)) {
        series(block, slot).ifPresent(series -> ledger.claim(slot, series, Counter.ZERO));
      }
    }
    return shown;
  }

  /** Nothing counts in a block any more: what it shows is moved to totals. */
  void close(SlotBlock block) {
    Map<Integer, Counter> last = claimed(block);
    for (int slot : last.keySet()) {
      if (!ledger.isClaimed(slot)) {
        ledger.claim(slot, Ledger.OTHER, Counter.ZERO);
      }
    }
    // From here on the claims say what is left to be read: a counter without one has been.
    ledger.givenUp().remove(block.at());
    last.forEach(ledger::release);
  }

  private Optional<String> series(SlotBlock block, int slot) {
    return block.isLost()
        ? Optional.of(Ledger.OTHER)
        : names.flatMap(known -> known.series(block.owner(), block.meaning(slot)));
  }

  /** The counters of a block that counted anything. */
  private Map<Integer, Counter> read(SlotBlock block) {
    Map<Integer, Counter> shown = new HashMap<>();
    int length = Math.min(block.used(), counted - block.at());
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
