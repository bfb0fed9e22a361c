package io.merlon.agent.loop;

import java.time.Duration;

/** How long to wait after a number of failures in a row before trying again. */
record Backoff(int failures) {
  static final Backoff NONE = new Backoff(0);

  private static final Duration FIRST = Duration.ofMillis(50);
  private static final int DOUBLINGS = 8;

  Backoff failed() {
    return new Backoff(failures + 1);
  }

  Duration delay() {
    return failures == 0
        ? Duration.ZERO
        : FIRST.multipliedBy(1L << Math.min(failures - 1, DOUBLINGS));
  }
}
