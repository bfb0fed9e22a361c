package io.merlon.agent.watch.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What watching a cluster costs, beside the budget of the whole agent: memory after the first sync
 * and at its worst, time to sync, and time from an event's writing to its delivery. The API server
 * runs in a process of its own; the watching one has the flags of the distribution's launcher.
 *
 * <p>Arguments: the file of its options, and numbers of pods.
 */
final class WatchBench {
  private static final int EVENTS = 4_000;
  private static final int EVENTS_PER_SECOND = 200;
  private static final Duration SETTLING = Duration.ofSeconds(5);

  private final List<String> flags;

  private WatchBench(List<String> flags) {
    this.flags = flags;
  }

  public static void main(String[] args) throws Exception {
    System.out.println(
        "   pods | own pods, all known (ms) | RSS synced, churned, peak (MiB) | budget of the whole"
            + " agent | event to sink p50, p99 (ms)");
    var bench = new WatchBench(List.of("@" + args[0]));
    for (int i = 1; i < args.length; i++) {
      System.out.println(bench.measure(Integer.parseInt(args[i])));
    }
  }

  private String measure(int pods) throws IOException, InterruptedException {
    Path account = Files.createTempDirectory("merlon-bench");
    try (var server = new Child(List.of("-Xmx1g"), BenchApiServer.class, String.valueOf(pods))) {
      String[] address = server.line().split(" ", -1);
      Files.writeString(account.resolve("token"), "t");
      Files.copy(Path.of(address[1]), account.resolve("ca.crt"));
      try (var watch = new Child(flags, WatchedProcess.class, address[0], account.toString())) {
        return measure(pods, server, watch);
      }
    } finally {
      Files.deleteIfExists(account.resolve("token"));
      Files.deleteIfExists(account.resolve("ca.crt"));
      Files.delete(account);
    }
  }

  private static String measure(int pods, Child server, Child watch)
      throws IOException, InterruptedException {
    String ownPods = watch.line().split(" ", -1)[1];
    String all = watch.line().split(" ", -1)[1];
    Thread.sleep(SETTLING);
    String[] synced = watch.ask("memory").split(" ", -1);
    server.ask("churn " + EVENTS + " " + EVENTS_PER_SECOND);
    String[] delays = watch.ask("delays " + EVENTS).split(" ", -1);
    String[] churned = watch.ask("memory").split(" ", -1);
    return String.format(
        Locale.ROOT,
        "%7d | %8s %15s | %10.0f %9.0f %9.0f | %20s | %6.2f %6.2f",
        pods,
        ownPods,
        all,
        mebibytes(synced[0]),
        mebibytes(churned[0]),
        mebibytes(synced[1]),
        budget(pods),
        milliseconds(delays[0]),
        milliseconds(delays[1]));
  }

  private static String budget(int pods) {
    int budget = pods <= 1_000 ? 120 : pods <= 10_000 ? 128 : pods <= 50_000 ? 150 : 200;
    return "<= " + budget + " MiB";
  }

  private static double mebibytes(String kibibytes) {
    return Long.parseLong(kibibytes) / 1024.0;
  }

  private static double milliseconds(String nanoseconds) {
    return Long.parseLong(nanoseconds) / 1e6;
  }

  /** Another virtual machine with this one's class path, spoken to by lines. */
  private static final class Child implements AutoCloseable {
    private final Process process;
    private final BufferedReader from;
    private final PrintWriter to;

    Child(List<String> flags, Class<?> main, String... arguments) throws IOException {
      var command = new ArrayList<String>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(flags);
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
      command.addAll(List.of(arguments));
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      from = process.inputReader(StandardCharsets.UTF_8);
      to = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
    }

    String ask(String question) throws IOException {
      to.println(question);
      return line();
    }

    String line() throws IOException {
      String line = from.readLine();
      if (line == null) {
        throw new IOException("the other process ended");
      }
      return line;
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
