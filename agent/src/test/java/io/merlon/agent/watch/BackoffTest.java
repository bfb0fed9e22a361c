package io.merlon.agent.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private final Regained word = new Regained();
  private final List<String> waits = new ArrayList<>();

  /** Waits take no time, and note what could have ended them. */
  private final Pace pace =
      new Pace() {
        @Override
        public Instant instant() {
          return Instant.EPOCH;
        }

        @Override
        public void pause(Duration duration) {
          waits.add(duration.toMillis() + " whatever comes");
        }

        @Override
        public boolean pause(Duration duration, Regained word, long heard)
            throws InterruptedException {
          boolean came = word.await(heard, Duration.ofNanos(1));
          waits.add(duration.toMillis() + (came ? " cut short" : ""));
          return came;
        }

        @Override
        public double chance() {
          return 0;
        }
      };

  private final Backoff backoff = new Backoff(pace, word);

  private void fail() throws InterruptedException {
    backoff.tries();
    backoff.pause(null);
  }

  @Test
  void wordThatCameWhileSomethingWasTriedCounts() throws InterruptedException {
    fail();
    backoff.tries();
    word.tell();
    backoff.pause(null);
    assertEquals(List.of("100", "200 cut short"), waits);
  }

  @Test
  void wordWakesOnceUntilAllIsWell() throws InterruptedException {
    backoff.tries();
    word.tell();
    backoff.pause(null);
    backoff.tries();
    word.tell();
    backoff.pause(null);
    backoff.reset();
    backoff.tries();
    word.tell();
    backoff.pause(null);
    assertEquals(List.of("100 cut short", "200 whatever comes", "100 cut short"), waits);
  }

  @Test
  void whatTheServerAsksForItGets() throws InterruptedException {
    backoff.tries();
    word.tell();
    backoff.pause(Duration.ofSeconds(3));
    assertEquals(List.of("3000 whatever comes"), waits);
  }
}
