package io.merlon.it;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition. */
final class Await {
  private static final long STEP = TimeUnit.MILLISECONDS.toNanos(2);

  private Await() {}

  static void until(String what, Duration atMost, BooleanSupplier condition) {
    until(what, atMost, STEP, condition);
  }

  /** Looks now and then only, where looking is work. */
  static void seldom(String what, Duration atMost, BooleanSupplier condition) {
    until(what, atMost, 100 * STEP, condition);
  }

  private static void until(String what, Duration atMost, long step, BooleanSupplier condition) {
    long end = System.nanoTime() + atMost.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within " + atMost.toMillis() + " ms: " + what);
      }
      LockSupport.parkNanos(step);
    }
  }
}
