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

  /**
   * The longest wait for a server that was just heard of again. One that starts refuses for some
   * seconds what it will soon answer, and the waits have grown in its absence.
   */
  private static final Duration HEARD_OF_AGAIN = Duration.ofSeconds(1);

  /**
   * The longest wait of the one who looks out for a server that answers nobody, so that the others
   * can wait long: with all of them waiting alike it could be 45 s before one asked a server that
   * was back.
   */
  private static final Duration LOOKOUT = Duration.ofSeconds(5);

  private final Pace pace;
  private final Regained word;
  private Duration next = FIRST;
  private long heard;
  private boolean woken;
  private boolean shortened;
  private boolean unanswered;

  /**
   * Waits for nothing yet.
   *
   * @param word that the server answers others again
   */
  Backoff(Pace pace, Regained word) {
    this.pace = pace;
    this.word = word;
  }

  /** The server has answered as it should. */
  void reset() {
    next = FIRST;
    woken = false;
    shortened = false;
  }

  /**
   * The server has answered, though not as it should. That shortens the waits once until all is
   * well: one that answers some and fails others is not asked on and on.
   */
  void heardOf() {
    if (!shortened && next.compareTo(HEARD_OF_AGAIN) > 0) {
      shortened = true;
      next = HEARD_OF_AGAIN;
    }
  }

  /** Something is about to be tried: word that comes meanwhile counts. */
  void tries() {
    heard = word.heard();
    unanswered = true;
  }

  /** The server has answered, whatever it said: there is nothing to look out for here. */
  void answered() {
    unanswered = false;
    word.relieve(this);
  }

  /**
   * Waits. Word cuts the wait short once, until the server answers as it should.
   *
   * @param asked how long the server asks for, which it gets whatever the word; null if it does not
   */
  void pause(@Nullable Duration asked) throws InterruptedException {
    Duration least = next;
    if (unanswered && least.compareTo(LOOKOUT) > 0 && word.looksOut(this)) {
      least = LOOKOUT;
      shortened = false;
    }
    if (asked != null && asked.compareTo(least) > 0) {
      least = asked.compareTo(LONGEST) < 0 ? asked : LONGEST;
    }
    Duration doubled = next.multipliedBy(2);
    next = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    if (asked == null && !woken) {
      woken = pace.pause(jittered(least, pace), word, heard);
      if (woken) {
        heardOf();
      }
    } else {
      pace.pause(jittered(least, pace));
    }
  }

  /** Between the duration and half as long again. */
  static Duration jittered(Duration duration, Pace pace) {
    return duration.plusNanos((long) (duration.toNanos() * 0.5 * pace.chance()));
  }
}
