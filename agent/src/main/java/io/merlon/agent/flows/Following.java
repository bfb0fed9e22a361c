package io.merlon.agent.flows;

import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/** A follower, what it wants, and what it missed; told of flows by one thread at a time. */
final class Following {
  /** So often there is a sign of life, so that who is gone without a word is noticed. */
  private static final long SILENCE = Duration.ofSeconds(15).toNanos();

  private final FlowFilter filter;
  private final Follower follower;
  private final LongSupplier nanoTime;
  private long heard;
  private long missed;

  Following(FlowFilter filter, Follower follower, LongSupplier nanoTime) {
    this.filter = filter;
    this.follower = follower;
    this.nanoTime = nanoTime;
    this.heard = nanoTime.getAsLong();
  }

  /** Tells it of what passes; how much of that it had no time for. */
  synchronized long tell(List<Flow> flows) {
    List<Flow> wanted = flows.stream().filter(filter::passes).toList();
    long now = nanoTime.getAsLong();
    if (wanted.isEmpty() && missed == 0 && now - heard < SILENCE) {
      return 0;
    }
    if (follower.take(wanted, missed)) {
      missed = 0;
      heard = now;
      return 0;
    }
    missed += wanted.size();
    return wanted.size();
  }
}
