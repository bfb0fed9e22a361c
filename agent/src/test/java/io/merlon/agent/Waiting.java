package io.merlon.agent;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another thread does. */
public final class Waiting {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(20);

  private Waiting() {}

  public static void until(String what, BooleanSupplier holds) {
    long end = System.nanoTime() + PATIENCE;
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("waited in vain: " + what);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }
}
