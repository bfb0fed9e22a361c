package io.merlon.agent.watch.bench;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.watch.ApiServer;
import io.merlon.agent.watch.ClusterSink;
import io.merlon.agent.watch.ClusterWatch;
import io.merlon.agent.watch.SyncState;
import io.merlon.agent.watch.WatchSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process that does nothing but watch. It prints the milliseconds from its first instruction to
 * the node's own pods and to everything, and answers {@code memory} and {@code delays COUNT}.
 */
final class WatchedProcess implements ClusterSink {
  private static final String SENT = "merlon.io/sent";

  private final long[] delays = new long[1 << 16];
  private final AtomicInteger heard = new AtomicInteger();

  public static void main(String[] args) throws Exception {
    var process = new WatchedProcess();
    var server = ApiServer.of(args[0], Path.of(args[1]));
    try (var _ =
        ClusterWatch.open(
            server, WatchSettings.forNode(BenchCluster.NODE), process, InstantSource.system())) {
      process.obey();
    }
  }

  @Override
  public void accept(List<ClusterEvent> events) {
    long now = System.nanoTime();
    for (ClusterEvent event : events) {
      if (event instanceof ClusterEvent.PutPod(var pod)) {
        String sent = pod.annotations().get(SENT);
        if (sent != null) {
          delays[heard.get()] = now - Long.parseLong(sent);
          heard.incrementAndGet();
        }
      }
    }
  }

  @Override
  public void synced(SyncState state) {
    long start = ManagementFactory.getRuntimeMXBean().getStartTime();
    System.out.println(state + " " + (System.currentTimeMillis() - start));
  }

  private void obey() throws IOException {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "memory" -> System.out.println(status("VmRSS:") + " " + status("VmHWM:"));
        case "delays" -> System.out.println(delays(Integer.parseInt(words[1])));
        default -> throw new IllegalArgumentException(line);
      }
    }
  }

  private String delays(int count) {
    while (heard.get() < count) {
      Thread.onSpinWait();
    }
    long[] sorted = Arrays.copyOf(delays, count);
    Arrays.sort(sorted);
    return sorted[count / 2] + " " + sorted[count * 99 / 100];
  }

  private static long status(String name) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("no " + name);
  }
}
