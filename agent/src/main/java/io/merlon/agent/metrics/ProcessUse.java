package io.merlon.agent.metrics;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What this process takes of the machine, under the names that Prometheus' own clients use. */
final class ProcessUse {
  private static final Path SELF = Path.of("/proc/self");
  private static final Pattern KIB = Pattern.compile("(?m)^(Vm\\w+):\\s+(\\d+) kB$");
  private static final Pattern FILES = Pattern.compile("(?m)^Max open files\\s+(\\d+) ");

  private ProcessUse() {}

  static void write(Page page) {
    try {
      memory(page, Files.readString(SELF.resolve("status")));
      Matcher most = FILES.matcher(Files.readString(SELF.resolve("limits")));
      if (most.find()) {
        page.put(Metric.PROCESS_MAX_FDS, Long.parseLong(most.group(1)));
      }
      try (Stream<Path> open = Files.list(SELF.resolve("fd"))) {
        page.put(Metric.PROCESS_FDS, open.count());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Duration busy = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    page.put(Metric.PROCESS_CPU, busy.toNanos() / 1e9);
  }

  private static void memory(Page page, String status) {
    Matcher sizes = KIB.matcher(status);
    while (sizes.find()) {
      long bytes = Long.parseLong(sizes.group(2)) << 10;
      switch (sizes.group(1)) {
        case "VmRSS" -> page.put(Metric.PROCESS_RSS, bytes);
        case "VmSize" -> page.put(Metric.PROCESS_VIRTUAL, bytes);
        default -> {}
      }
    }
  }
}
