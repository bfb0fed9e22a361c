package io.merlon.datapath.kernel;

import io.merlon.bpf.Interfaces;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Links of this process, for test runs to claim to come from: both ends of pairs of veths. */
final class Devices implements AutoCloseable {
  private static final AtomicInteger CREATED = new AtomicInteger();

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final List<String> pairs = new ArrayList<>();
  private final List<String> others = new ArrayList<>();
  private final List<Integer> indexes = new ArrayList<>();

  static Devices create(int count) {
    Devices devices = new Devices();
    // At most 15 characters; process and number keep those of parallel targets apart.
    String prefix = "mp" + ProcessHandle.current().pid() + "n" + CREATED.getAndIncrement();
    for (int i = 0; i < count; i += 2) {
      String one = prefix + "x" + i;
      String other = prefix + "x" + (i + 1);
      ip("link", "add", one, "type", "veth", "peer", "name", other);
      devices.pairs.add(one);
      devices.others.add(other);
      devices.indexes.add(Interfaces.index(one));
      devices.indexes.add(Interfaces.index(other));
    }
    return devices;
  }

  /** Lets frames leave them, and long ones too. */
  void up() {
    names().forEach(device -> ip("link", "set", "dev", device, "mtu", "9000", "up"));
    // Until the kernel has noticed that both ends are up, it drops what they send.
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!names().allMatch(Devices::isUp)) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("not up: " + pairs);
      }
      Thread.onSpinWait();
    }
  }

  private Stream<String> names() {
    return Stream.concat(pairs.stream(), others.stream());
  }

  private static boolean isUp(String device) {
    try {
      Path state = Path.of("/sys/class/net", device, "operstate");
      return Files.readString(state).strip().equals("up");
    } catch (IOException e) {
      throw new IllegalStateException(device, e);
    }
  }

  List<Integer> indexes() {
    return List.copyOf(indexes);
  }

  int index(int line) {
    return indexes.get(line);
  }

  /** The line of an interface, or -1. */
  int line(int index) {
    return indexes.indexOf(index);
  }

  private static void ip(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", command) + ": " + output.strip());
      }
    } catch (IOException e) {
      throw new IllegalStateException(String.join(" ", command), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(String.join(" ", command), e);
    }
  }

  @Override
  public void close() {
    pairs.forEach(pair -> ip("link", "del", pair));
    pairs.clear();
  }
}
