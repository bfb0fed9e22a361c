package io.merlon.agent.watch;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The word among those who wait for one server that it answers again. Each waits the longer the
 * longer it was away; the first who reaches it spares the others the rest of their wait.
 */
final class Regained {
  private long told;

  /** The server answers again. */
  synchronized void tell() {
    told++;
    notifyAll();
  }

  /** Waits until somebody tells, and no longer than this. */
  synchronized void await(Duration longest) throws InterruptedException {
    long before = told;
    long end = System.nanoTime() + longest.toNanos();
    long left = longest.toNanos();
    while (told == before && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = end - System.nanoTime();
    }
  }
}
