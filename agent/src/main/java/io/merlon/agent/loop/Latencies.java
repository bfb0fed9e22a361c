package io.merlon.agent.loop;

import java.time.Duration;

/** Durations, counted in buckets that are at most an eighth wide; for one thread. */
public final class Latencies {
  private static final int STEPS = 8;
  private static final int BUCKETS = 64 * STEPS;

  private final long[] counts = new long[BUCKETS];
  private long total;
  private long most;

  /**
   * Of all durations so far.
   *
   * @param p50 the one half of them does not exceed
   * @param p99 the one that one of a hundred exceeds
   */
  public record Summary(long count, Duration p50, Duration p99, Duration most) {}

  void add(long nanos) {
    counts[bucket(Math.max(nanos, 0))]++;
    total++;
    most = Math.max(most, nanos);
  }

  Summary summary() {
    return new Summary(total, quantile(0.50), quantile(0.99), Duration.ofNanos(most));
  }

  private Duration quantile(double part) {
    long left = (long) Math.ceil(total * part);
    for (int i = 0; i < BUCKETS && left > 0; i++) {
      left -= counts[i];
      if (left <= 0) {
        return Duration.ofNanos(Math.min(upperEdge(i), most));
      }
    }
    return Duration.ZERO;
  }

  private static int bucket(long nanos) {
    if (nanos < STEPS) {
      return (int) nanos;
    }
    int exponent = 63 - Long.numberOfLeadingZeros(nanos);
    int step = (int) (nanos >>> (exponent - 3)) & (STEPS - 1);
    return (exponent - 2) * STEPS + step;
  }

  private static long upperEdge(int bucket) {
    if (bucket < STEPS) {
      return bucket;
    }
    int exponent = bucket / STEPS + 2;
    return ((long) (STEPS + bucket % STEPS + 1) << (exponent - 3)) - 1;
  }
}
