package io.merlon.agent;

import io.merlon.agent.interfaces.OwnNamespace;
import io.merlon.agent.serve.StatusClient;
import io.merlon.bpf.Pins;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The agent as users run it, a process of its own, on a node that is a network namespace with a BPF
 * file system of its own. What it logs is kept.
 */
public final class RunningAgent implements AutoCloseable {
  public static final String NODE = "node-a";

  private static final InetSocketAddress HTTP =
      InetSocketAddress.createUnresolved("127.0.0.1", 9469);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final OwnNamespace node = new OwnNamespace();
  private final Path folder;
  private final List<String> options;
  private @Nullable Process process;

  /**
   * Makes the node; the agent is started by {@link #start}.
   *
   * @param options beside those every test needs
   */
  public RunningAgent(String... options) {
    this.options = List.of(options);
    try {
      folder = Files.createTempDirectory("merlon-agent");
      Files.createDirectory(bpffs());
      Files.createDirectory(manifests());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Pins.mount(bpffs());
    node.ip("link set lo up");
  }

  public OwnNamespace node() {
    return node;
  }

  /** Where the BPF file system is mounted. */
  public Path bpffs() {
    return folder.resolve("bpf");
  }

  public Path pins() {
    return bpffs().resolve("merlon");
  }

  private Path manifests() {
    return folder.resolve("manifests");
  }

  /** The option that names the folder as the source. */
  public String source() {
    return "--source=folder:" + manifests();
  }

  private Path log() {
    return folder.resolve("log");
  }

  /** Writes objects for an agent whose source is the folder. */
  public void apply(String name, String manifest) {
    try {
      Path next = Files.writeString(manifests().resolve("." + name), manifest);
      Files.move(next, manifests().resolve(name + ".yaml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it with the folder as its source; how long it took until all was enforced. */
  public Duration startOnFolder() {
    return start("--source=folder:" + manifests());
  }

  /** Starts it with options of its own, among which is the source. */
  public Duration start(String... own) {
    long begun = System.nanoTime();
    Process started = launch(own);
    process = started;
    await(
        "the agent enforces",
        () -> {
          if (!started.isAlive()) {
            throw new AssertionError("the agent ended: " + logged());
          }
          return get("/readyz").startsWith("ok");
        });
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  /** Starts it as one that only says what it would do. */
  public void startDry() {
    start("--source=folder:" + manifests(), "--dry-run");
  }

  private Process launch(String... own) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("-XX:+UseSerialGC", "-Xms8m", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("io.merlon.agent.AgentMain", "agent", "--node-name=" + NODE));
    command.addAll(List.of(own));
    command.addAll(List.of("--pin-root=" + pins(), "--uplink-prefixes=up"));
    command.addAll(options);
    return node.call(() ->
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
            .start());
  }

  /** What a page says, "" if nobody answers. */
  public String get(String path) {
    try {
      return node.call(() -> StatusClient.get(HTTP, path));
    } catch (IllegalStateException noAnswer) {
      return "";
    }
  }

  /** Everything it printed. */
  public String logged() {
    try {
      return Files.readString(log());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs another command of merlon's on the node. */
  public MerlonProcess.Run run(String... arguments) {
    return node.call(() -> MerlonProcess.run(arguments));
  }

  /** Waits until something holds. */
  public void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited in vain until " + what + "; it said: " + logged());
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  /** Asks it to end, and waits for that; the code it ended with. */
  public int terminate() {
    return ended(false);
  }

  /** Ends it in the middle of whatever it does. */
  public void kill() {
    ended(true);
  }

  private int ended(boolean atOnce) {
    Process running = process;
    if (running == null) {
      throw new IllegalStateException("it does not run");
    }
    if (atOnce) {
      running.destroyForcibly();
    } else {
      running.destroy();
    }
    process = null;
    try {
      if (!running.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("the agent does not end");
      }
      return running.exitValue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    if (process != null) {
      kill();
    }
    node.close();
    OwnNamespace.execute(List.of("umount", "-l", bpffs().toString()), "");
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
