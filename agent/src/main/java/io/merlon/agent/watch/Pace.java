package io.merlon.agent.watch;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;

/** Time and chance, so that tests can own both. */
interface Pace extends InstantSource {
  /** Waits. */
  void pause(Duration duration) throws InterruptedException;

  /**
   * Waits, but not on when there is word.
   *
   * @param heard see {@link Regained#await}
   * @return whether there was
   */
  boolean pause(Duration duration, Regained word, long heard) throws InterruptedException;

  /** A number of [0, 1). */
  double chance();

  /** The machine's own. */
  static Pace real(InstantSource clock) {
    return new Pace() {
      @Override
      public java.time.Instant instant() {
        return clock.instant();
      }

      @Override
      public void pause(Duration duration) throws InterruptedException {
        Thread.sleep(duration);
      }

      @Override
      public boolean pause(Duration duration, Regained word, long heard)
          throws InterruptedException {
        return word.await(heard, duration);
      }

      @Override
      public double chance() {
        return ThreadLocalRandom.current().nextDouble();
      }
    };
  }
}
