package io.merlon.agent.program;

import io.merlon.datapath.Counter;
import java.util.Map;

/**
 * All that was ever counted, by every process so far; no number in it ever falls.
 *
 * @param series by the names {@link CounterNames} gave them
 * @param uncounted subjects for which there was no room among the counters
 * @param overflowed series that were added up under {@link Ledger#OTHER} for want of room
 */
public record Tally(Map<String, Counter> series, int uncounted, long overflowed) {
  public static final Tally NOTHING = new Tally(Map.of(), 0, 0);

  public Tally {
    series = Map.copyOf(series);
  }
}
