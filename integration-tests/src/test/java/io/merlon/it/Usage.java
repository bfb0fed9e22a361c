package io.merlon.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * What an agent's process took over a while.
 *
 * @param percent of one processor
 * @param peak the most it ever was resident, in kB
 */
record Usage(double percent, long before, long after, long peak) {
  /** The kernel's USER_HZ, on every architecture there is. */
  private static final long TICKS_PER_SECOND = 100;

  private static final int UTIME = 13;

  /** Does something, then waits until the time is over. */
  static Usage over(AgentProcess agent, Duration time, Runnable work) {
    Path process = Path.of("/proc", String.valueOf(agent.pid()));
    long begun = System.nanoTime();
    long ticks = ticks(process);
    long before = status(process, "VmRSS:");
    work.run();
    for (long left = 1; left > 0; left = begun + time.toNanos() - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    double used = (double) (ticks(process) - ticks) / TICKS_PER_SECOND;
    return new Usage(
        100 * used / seconds, before, status(process, "VmRSS:"), status(process, "VmHWM:"));
  }

  void print(String what, String budget) {
    System.out.printf(
        "  %-64s CPU %.2f %%  RSS %.1f -> %.1f MiB, peak %.1f   budget %s%n",
        what, percent, before / 1024.0, after / 1024.0, peak / 1024.0, budget);
  }

  /** User and system time; the command's name, in brackets, may contain spaces. */
  private static long ticks(Path process) {
    String stat = String.join("", read(process.resolve("stat")));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[UTIME - 2]) + Long.parseLong(fields[UTIME - 1]);
  }

  private static long status(Path process, String field) {
    return read(process.resolve("status")).stream()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> read(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
