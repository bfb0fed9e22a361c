package io.merlon.agent.metrics;

import java.time.Duration;

/**
 * What came of reading the kernel's maps back.
 *
 * @param runs how often that was done
 * @param differences found the last time
 * @param age how long ago that was; since the start, if never
 */
public record Verified(long runs, int differences, Duration age) {
  public static final Verified NEVER = new Verified(0, 0, Duration.ZERO);
}
