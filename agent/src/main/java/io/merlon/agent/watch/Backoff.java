package io.merlon.agent.watch;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait after a failure: twice as long each time, up to a limit, and never exactly so,
 * lest all nodes of a cluster come back at the same moment.
 */
final class Backoff {
  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final Pace pace;
  private Duration next = FIRST;

  Backoff(Pace pace) {
    this.pace = pace;
  }

  /** The server has answered as it should. */
  void reset() {
    next = FIRST;
  }

  /**
   * Waits.
   *
   * @param asked how long the server asks for, null if it does not
   */
  void pause(@Nullable Duration asked) throws InterruptedException {
    Duration least = next;
    if (asked != null && asked.compareTo(least) > 0) {
      least = asked.compareTo(LONGEST) < 0 ? asked : LONGEST;
    }
    Duration doubled = next.multipliedBy(2);
    next = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    pace.pause(jittered(least, pace));
  }

  /** Between the duration and half as long again. */
  static Duration jittered(Duration duration, Pace pace) {
    return duration.plusNanos((long) (duration.toNanos() * 0.5 * pace.chance()));
  }
}
