package io.merlon.agent.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A clock that stands until it is advanced, and pauses that take a thousandth of their time. */
final class FastPace implements Pace {
  private final List<Duration> pauses = new CopyOnWriteArrayList<>();
  private volatile String hasty = "";
  private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

  void advance(Duration duration) {
    now = now.plus(duration);
  }

  /** From now on all but this thread wait until there is word. */
  void onlyWordWakesAllBut(String thread) {
    hasty = thread;
  }

  List<Duration> pauses() {
    return List.copyOf(pauses);
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public void pause(Duration duration) throws InterruptedException {
    pauses.add(duration);
    TimeUnit.NANOSECONDS.sleep(duration.toNanos() / 1_000);
  }

  @Override
  public boolean pause(Duration duration, Regained word, long heard) throws InterruptedException {
    pauses.add(duration);
    boolean scaled = hasty.isEmpty() || Thread.currentThread().getName().equals(hasty);
    return word.await(heard, scaled ? duration.dividedBy(1_000) : Duration.ofHours(1));
  }

  @Override
  public double chance() {
    return 0;
  }
}
