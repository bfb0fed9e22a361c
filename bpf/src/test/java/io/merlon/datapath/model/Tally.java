package io.merlon.datapath.model;

import io.merlon.datapath.harness.Count;
import io.merlon.datapath.harness.CounterKey;
import io.merlon.datapath.harness.Frame;
import io.merlon.datapath.harness.Stat;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** Exact counts of what was judged. */
final class Tally {
  private final Map<CounterKey, Count> counts = new HashMap<>();
  private final Map<Stat, Long> stats = new EnumMap<>(Stat.class);

  /** A super-frame counts for as many packets as it will be cut into. */
  static long packets(Frame frame) {
    return frame.gsoSegments() > 0 ? frame.gsoSegments() : 1;
  }

  void count(Judgement judgement, Frame frame) {
    if (judgement.countedTo() != null) {
      long packets = packets(frame);
      long bytes = frame.bytes().length;
      counts.merge(
          judgement.countedTo(),
          new Count(packets, bytes),
          (old, more) -> old.plus(packets, bytes));
    }
    if (judgement.stat() != null) {
      stats.merge(judgement.stat(), 1L, Long::sum);
    }
  }

  Map<CounterKey, Count> counts() {
    return Map.copyOf(counts);
  }

  long stat(Stat stat) {
    return stats.getOrDefault(stat, 0L);
  }
}
