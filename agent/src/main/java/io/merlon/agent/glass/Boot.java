package io.merlon.agent.glass;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * When the node was booted, by today's clock: what a time of day is in the kernel's count of
 * seconds (CLOCK_BOOTTIME, which proc_uptime(5) tells). It moves only when the clock was set:
 * reading both clocks one after the other is exact to less than a second.
 */
public final class Boot {
  private static final Path UPTIME = Path.of("/proc/uptime");
  private static final Duration JITTER = Duration.ofSeconds(2);

  private final Supplier<Duration> uptime;
  private Instant last = Instant.EPOCH;

  Boot(Supplier<Duration> uptime) {
    this.uptime = uptime;
  }

  /** Which second since boot a time of day is, by the clocks as they are now. */
  public static long second(Instant at) {
    return Duration.between(Instant.now().minus(uptime()), at).toSeconds();
  }

  /** For how long the node has been up, suspension included. */
  static Duration uptime() {
    try {
      String seconds = Files.readString(UPTIME).split(" ", 2)[0];
      return Duration.ofMillis((long) (1000 * Double.parseDouble(seconds)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * As seen at this moment; the epoch if nobody tells: then the agent ends what the kernel cannot.
   */
  Instant at(Instant now) {
    try {
      Instant booted = now.minus(uptime.get());
      if (Duration.between(last, booted).abs().compareTo(JITTER) > 0) {
        last = Instant.ofEpochSecond(booted.plusMillis(500).getEpochSecond());
      }
    } catch (UncheckedIOException | NumberFormatException e) {
      last = Instant.EPOCH;
    }
    return last;
  }
}
