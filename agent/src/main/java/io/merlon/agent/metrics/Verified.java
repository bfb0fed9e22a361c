package io.merlon.agent.metrics;

import java.time.Duration;

/**
 * What came of reading the kernel's maps back.
 *
 * @param runs how often that was done
 * @param differences from what the agent takes them to hold, found the last time
 * @param age how long ago that was; since the start, if never
 * @param busy how long a processor was at it
 */
public record Verified(long runs, int differences, Duration age, Duration busy, Policies policies) {
  public static final Verified NEVER =
      new Verified(0, 0, Duration.ZERO, Duration.ZERO, new Policies(0, 0, Duration.ZERO));

  /**
   * What came of comparing them with what policies say, a part at a time.
   *
   * @param differences found when their part was compared last
   * @param verdicts compared so far
   * @param age how long ago every part had been compared; since the start, if never
   */
  public record Policies(int differences, long verdicts, Duration age) {}

  /** The same, so long after it was found. */
  public Verified at(Duration age, Duration passAge) {
    return new Verified(
        runs,
        differences,
        age,
        busy,
        new Policies(policies.differences(), policies.verdicts(), passAge));
  }
}
