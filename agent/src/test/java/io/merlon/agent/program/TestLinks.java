package io.merlon.agent.program;

import io.merlon.bpf.Interfaces;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Links for test runs to claim to come from: both ends of pairs that carry nothing. */
final class TestLinks implements AutoCloseable {
  private final List<String> pairs = new ArrayList<>();
  private final List<Integer> indexes = new ArrayList<>();

  static TestLinks create(int count) {
    TestLinks links = new TestLinks();
    // At most 15 characters; the process keeps those of parallel tests apart.
    String prefix = "mc" + ProcessHandle.current().pid() + "x";
    StringBuilder commands = new StringBuilder();
    for (int i = 0; i < count; i += 2) {
      String one = prefix + i;
      String other = prefix + (i + 1);
      commands.append("link add " + one + " type veth peer name " + other + "\n");
      links.pairs.add(one);
    }
    ip(commands.toString());
    for (int i = 0; i < count; i++) {
      links.indexes.add(Interfaces.index(prefix + i));
    }
    return links;
  }

  int index(int number) {
    return indexes.get(number);
  }

  private static void ip(String commands) {
    try {
      Process process = new ProcessBuilder("ip", "-batch", "-").redirectErrorStream(true).start();
      process.outputWriter(StandardCharsets.UTF_8).append(commands).close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException("ip: " + output.strip());
      }
    } catch (IOException e) {
      throw new IllegalStateException("ip", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("ip", e);
    }
  }

  @Override
  public void close() {
    StringBuilder commands = new StringBuilder();
    pairs.forEach(pair -> commands.append("link del " + pair + "\n"));
    ip(commands.toString());
  }
}
