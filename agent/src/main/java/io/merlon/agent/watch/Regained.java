package io.merlon.agent.watch;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The word among those who wait for one server that it answers again. Each waits the longer the
 * longer it was away, but for one, who looks out for it; the first who reaches it spares the others
 * the rest of their wait.
 */
final class Regained {
  private long told;
  private @Nullable Backoff lookout;

  /** The server answers again. */
  synchronized void tell() {
    told++;
    notifyAll();
  }

  /** Whether this one looks out for the server; it does from now on if nobody did. */
  synchronized boolean looksOut(Backoff who) {
    if (lookout == null) {
      lookout = who;
    }
    return lookout == who;
  }

  /** If it was this one who looked out, another may. */
  synchronized void relieve(Backoff who) {
    if (lookout == who) {
      lookout = null;
    }
  }

  /** How often there was word. Who asks before it tries misses none while it does. */
  synchronized long heard() {
    return told;
  }

  /**
   * Waits for word, and no longer than this.
   *
   * @param heard the word of before; if there was some since, there is no wait
   * @return whether there was word
   */
  synchronized boolean await(long heard, Duration longest) throws InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    long left = longest.toNanos();
    while (told == heard && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = end - System.nanoTime();
    }
    return told != heard;
  }
}
