package io.merlon.agent.loop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Durations, counted in buckets that are at most an eighth wide; for one thread. */
public final class Latencies {
  private static final int STEPS = 8;

  /** Where the numbers are: 0.1 ms to 10 s. */
  private static final long[] BOUNDS = {
    100_000L,
    250_000L,
    500_000L,
    1_000_000L,
    2_500_000L,
    5_000_000L,
    10_000_000L,
    25_000_000L,
    50_000_000L,
    100_000_000L,
    250_000_000L,
    500_000_000L,
    1_000_000_000L,
    2_500_000_000L,
    10_000_000_000L
  };

  private static final int BUCKETS = 64 * STEPS;

  private final long[] counts = new long[BUCKETS];
  private final long[] within = new long[BOUNDS.length];
  private long total;
  private long sum;
  private long most;

  /**
   * Of all durations so far.
   *
   * @param p50 the one half of them does not exceed
   * @param p99 the one that one of a hundred exceeds
   * @param buckets none of them counts what another does
   */
  public record Summary(
      long count, Duration p50, Duration p99, Duration most, Duration sum, List<Bucket> buckets) {
    public Summary {
      buckets = List.copyOf(buckets);
    }
  }

  /** How many were longer than the bucket before this one allows, and no longer than this does. */
  public record Bucket(Duration bound, long count) {}

  void add(long nanos) {
    counts[bucket(Math.max(nanos, 0))]++;
    total++;
    sum += Math.max(nanos, 0);
    for (int i = 0; i < BOUNDS.length; i++) {
      if (nanos <= BOUNDS[i]) {
        within[i]++;
        break;
      }
    }
    most = Math.max(most, nanos);
  }

  Summary summary() {
    List<Bucket> buckets = new ArrayList<>();
    for (int i = 0; i < BOUNDS.length; i++) {
      buckets.add(new Bucket(Duration.ofNanos(BOUNDS[i]), within[i]));
    }
    return new Summary(
        total,
        quantile(0.50),
        quantile(0.99),
        Duration.ofNanos(most),
        Duration.ofNanos(sum),
        buckets);
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
