package io.merlon.agent.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

  private void failTimes(int times) throws InterruptedException {
    for (int time = 0; time < times; time++) {
      fail();
    }
  }

  private List<String> after(int waits) {
    return this.waits.subList(waits, this.waits.size());
  }

  /** One that starts after an hour refuses for a while: that is not waited for as for the hour. */
  @Test
  void waitsBeginAnewOnceWhenItIsHeardOfAgain() throws InterruptedException {
    assertTrue(word.looksOut(new Backoff(pace, word)));
    failTimes(10);
    backoff.heardOf();
    failTimes(2);
    backoff.heardOf();
    fail();
    assertEquals(List.of("30000", "1000", "2000", "4000"), after(9));
    backoff.reset();
    backoff.heardOf();
    failTimes(6);
    backoff.heardOf();
    fail();
    assertEquals(List.of("3200", "1000"), after(18));
  }

  @Test
  void waitsBeginAnewWhenThereIsWord() throws InterruptedException {
    assertTrue(word.looksOut(new Backoff(pace, word)));
    failTimes(10);
    backoff.tries();
    word.tell();
    backoff.pause(null);
    fail();
    assertEquals(List.of("30000 cut short", "1000 whatever comes"), after(10));
  }

  @Test
  void whatTheServerAsksForItGets() throws InterruptedException {
    backoff.tries();
    word.tell();
    backoff.pause(Duration.ofSeconds(3));
    assertEquals(List.of("3000 whatever comes"), waits);
  }

  /** Of those whom a server that is away leaves without an answer one looks out for all. */
  @Test
  void oneLooksOutForAServerThatIsAway() throws InterruptedException {
    Backoff other = new Backoff(pace, word);
    failTimes(7);
    for (int time = 0; time < 7; time++) {
      other.tries();
      other.pause(null);
    }
    fail();
    assertEquals(List.of("5000"), after(14));
    other.tries();
    other.pause(null);
    assertEquals(List.of("12800"), after(15));
  }

  @Test
  void whoeverWasAnsweredNoLongerLooksOut() throws InterruptedException {
    Backoff other = new Backoff(pace, word);
    failTimes(7);
    backoff.tries();
    backoff.answered();
    backoff.pause(null);
    for (int time = 0; time < 7; time++) {
      other.tries();
      other.pause(null);
    }
    assertEquals(List.of("12800", "100", "200", "400", "800", "1600", "3200", "5000"), after(7));
    fail();
    assertEquals(List.of("25600"), after(15));
  }
}
