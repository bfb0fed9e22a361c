package io.merlon.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** {@code merlon lab --keep --json} as users run it: a process that prints after every edit. */
final class MerlonLab implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Process process;
  private final BlockingQueue<String> rounds = new LinkedBlockingQueue<>();

  private MerlonLab(Process process) {
    this.process = process;
    Thread.ofPlatform().daemon().name("lab-output").start(this::read);
  }

  static MerlonLab start(Path folder) throws IOException {
    List<String> command = merlon("lab", "--manifests", folder.toString(), "--keep", "--json");
    return new MerlonLab(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** A command line of merlon's. */
  static List<String> merlon(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("-XX:+UseSerialGC", "-Xms8m", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("io.merlon.agent.AgentMain");
    command.addAll(List.of(arguments));
    return command;
  }

  /** What it printed for one state of the folder. */
  String nextRound() throws InterruptedException {
    @Nullable String round = rounds.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (round == null) {
      throw new IllegalStateException("the lab said nothing for " + PATIENCE);
    }
    return round;
  }

  private void read() {
    StringBuilder round = new StringBuilder();
    try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        round.append(line).append('\n');
        if (line.startsWith("],\"problems\":")) {
          rounds.add(round.toString());
          round.setLength(0);
        }
      }
    } catch (IOException e) {
      rounds.add("ended: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
