package io.merlon.agent.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LatenciesTest {
  @Test
  void knowsQuantilesToAnEighth() {
    Latencies latencies = new Latencies();
    for (int i = 1; i <= 1000; i++) {
      latencies.add(i * 1000L);
    }
    Latencies.Summary summary = latencies.summary();
    assertEquals(1000, summary.count());
    assertEquals(Duration.ofMillis(1), summary.most());
    assertNear(500_000, summary.p50());
    assertNear(990_000, summary.p99());
  }

  @Test
  void nothingTakesNoTime() {
    assertEquals(Duration.ZERO, new Latencies().summary().p99());
  }

  private static void assertNear(long expected, Duration measured) {
    long nanos = measured.toNanos();
    assertTrue(nanos >= expected && nanos <= expected * 9 / 8, expected + ": " + nanos);
  }
}
