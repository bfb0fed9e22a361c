package io.merlon.agent.bench;

import java.util.Arrays;

/** How long something took, time after time. */
final class Times {
  private final long[] nanos;
  private int count;

  Times(int most) {
    nanos = new long[most];
  }

  void add(long took) {
    nanos[count++] = took;
  }

  /** In milliseconds: what so many of a hundred did not exceed. */
  double percentile(int of100) {
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return sorted[Math.min(count - 1, count * of100 / 100)] / 1e6;
  }
}
