package io.merlon.it;

import io.merlon.bpf.Pins;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The agent as users run it, the built distribution in a process of its own, in a node's network
 * namespace; its pins are in a folder of this test's own.
 */
final class AgentProcess implements AutoCloseable {
  private static final Path LAUNCHER = Path.of("../agent/target/dist/bin/merlon");

  /** What the chart gives it, and no more. */
  private static final List<String> PRIVILEGES =
      List.of("setpriv", "--bounding-set=-all,+bpf,+net_admin,+perfmon", "--no-new-privs");

  private static final int SECONDS = 60;
  private static final Duration STARTING = Duration.ofSeconds(60);

  private final NetworkNamespace node;
  private final String name;
  private final String source;
  private final Path pins;
  private final List<String> options;
  private List<String> further = List.of();
  private Map<String, String> environment = Map.of();
  private String javaOptions = "";
  private @Nullable Process process;

  /**
   * @param name the node's
   * @param options beside those every test needs
   */
  AgentProcess(NetworkNamespace node, String name, String source, List<String> options) {
    this.node = node;
    this.name = name;
    this.source = source;
    this.pins = mounted().resolve(node.name());
    this.options = List.copyOf(options);
  }

  /**
   * Where every node has a BPF file system, and where nobody made one, none of the agent's
   * privileges could.
   */
  private static Path mounted() {
    Path bpffs = Path.of("/sys/fs/bpf");
    if (!Pins.onBpffs(bpffs)) {
      Pins.mount(bpffs);
    }
    return bpffs;
  }

  /** Options of the virtual machine for the starts to come. */
  void javaOptions(String value) {
    javaOptions = value;
  }

  /** What it finds in its environment from the next start on. */
  void environment(Map<String, String> value) {
    environment = Map.copyOf(value);
  }

  /** Further options for the starts to come. */
  void options(List<String> value) {
    further = List.copyOf(value);
  }

  Path pins() {
    return pins;
  }

  /** Starts it, and waits until everything is enforced; how long that took. */
  Duration start() {
    long begun = System.nanoTime();
    launch();
    awaitReady();
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  /** Starts it. */
  void launch() {
    List<String> arguments = new ArrayList<>(List.of("agent", "--node-name=" + name));
    arguments.add("--source=" + source);
    arguments.add("--pin-root=" + pins);
    arguments.add("--uplink-prefixes=up");
    arguments.addAll(options);
    arguments.addAll(further);
    try {
      process = builder(arguments).inheritIO().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void awaitReady() {
    Process started = running();
    Await.until(
        "the agent enforces",
        STARTING,
        () -> {
          if (!started.isAlive()) {
            throw new IllegalStateException("the agent ended: " + started.exitValue());
          }
          return AgentPage.isReady(node);
        });
  }

  /** Runs another command of merlon's in the node's namespace. */
  Command run(String... arguments) {
    return Command.run(command(List.of(arguments)), "");
  }

  private ProcessBuilder builder(List<String> arguments) {
    ProcessBuilder builder = new ProcessBuilder(command(arguments));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("MERLON_JAVA_OPTIONS", javaOptions);
    builder.environment().putAll(environment);
    return builder;
  }

  /** nsenter, and not ip netns exec, which hides what is mounted below /sys. */
  private List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + node.name()));
    command.addAll(PRIVILEGES);
    command.add(LAUNCHER.toAbsolutePath().toString());
    command.addAll(arguments);
    return command;
  }

  /** The whole answer to a request, or "" if nobody answers. */
  String get(String path) {
    return AgentPage.get(node, path);
  }

  /** Asks it to end (SIGTERM), and waits for that. */
  void terminate() {
    running().destroy();
    awaitEnd();
  }

  /** Ends it in the middle of whatever it does (SIGKILL). */
  void kill() {
    running().destroyForcibly();
    awaitEnd();
  }

  long pid() {
    return running().pid();
  }

  private Process running() {
    if (process == null) {
      throw new IllegalStateException("the agent was never started");
    }
    return process;
  }

  private void awaitEnd() {
    try {
      if (!running().waitFor(SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the agent did not end within " + SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  Command detach() {
    return run("detach", "--pin-root=" + pins);
  }

  boolean hasPins() {
    return Files.exists(pins);
  }

  /** Ends it if it runs, and removes what it left. */
  @Override
  public void close() {
    if (process != null && process.isAlive()) {
      kill();
    }
    if (hasPins()) {
      detach().succeeded();
    }
  }
}
