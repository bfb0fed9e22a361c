package io.merlon.agent.lab;

import io.merlon.agent.identity.PodRef;
import io.merlon.agent.serve.StatusClient;
import io.merlon.agent.serve.StatusReport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The agent of one node: the same program, in a process of its own, in the node's namespace. */
final class LabAgent implements AutoCloseable {
  private static final InetSocketAddress STATUS =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 9469);
  private static final int SECONDS = 10;
  private static final int LINES = 20;

  private final LabNamespace node;
  private final Path output;
  private final Process process;

  private LabAgent(LabNamespace node, Path output, Process process) {
    this.node = node;
    this.output = output;
    this.process = process;
  }

  /**
   * Starts it.
   *
   * @param own a folder of the lab's own, with a BPF file system in {@code bpf}
   */
  static LabAgent start(LabNamespace node, String name, Path source, Path own) {
    Path output = own.resolve("agent-" + name + ".log");
    // nsenter, and not ip netns exec, which hides what is mounted below /sys.
    List<String> prefix = List.of("nsenter", "--net=" + node.path());
    List<String> arguments =
        List.of(
            "agent",
            "--node-name=" + name,
            "--source=folder:" + source,
            "--pin-root=" + own.resolve("bpf").resolve(name),
            "--kubernetes-events=false",
            "--log-level=warn");
    try {
      Process process =
          Launcher.by(prefix, arguments)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      return new LabAgent(node, output, process);
    } catch (IOException e) {
      throw new LabException(e.getMessage() + ": is util-linux installed?");
    }
  }

  /** Whether it enforces a policy and each of these pods as it is now. */
  boolean enforces(String policy, Set<PodRef> pods) {
    if (!process.isAlive()) {
      throw new LabException("the agent of " + node.name() + " ended: " + said());
    }
    StatusReport report;
    try {
      report = node.call(() -> StatusClient.ask(STATUS));
    } catch (LabException e) {
      return false; // It does not answer yet.
    }
    boolean known =
        items(report.policies(), "policies").stream()
            .anyMatch(p ->
                policy.equals(p.get("name"))
                    && LabSource.NAMESPACE.equals(p.get("namespace"))
                    && String.valueOf(p.get("seen")).equals(p.get("enforced")));
    return known && upToDate(report).containsAll(pods);
  }

  private static Set<PodRef> upToDate(StatusReport report) {
    Set<PodRef> pods = new HashSet<>();
    for (Map<?, ?> pod : items(report.pods(), "pods")) {
      if (Boolean.TRUE.equals(pod.get("attached")) && Boolean.TRUE.equals(pod.get("up_to_date"))) {
        pods.add(new PodRef(String.valueOf(pod.get("namespace")), String.valueOf(pod.get("name"))));
      }
    }
    return pods;
  }

  /** JSON is YAML. */
  private static List<Map<?, ?>> items(String json, String field) {
    Object loaded = new Load(LoadSettings.builder().build()).loadFromString(json);
    if (loaded instanceof Map<?, ?> object && object.get(field) instanceof Collection<?> items) {
      return items.stream()
          .<Map<?, ?>>mapMulti((item, sink) -> {
            if (item instanceof Map<?, ?> map) {
              sink.accept(map);
            }
          })
          .toList();
    }
    return List.of();
  }

  /** An answer of its status server, as it is. */
  String get(String path) {
    return node.call(() -> StatusClient.get(STATUS, path));
  }

  /** The end of what it printed. */
  String said() {
    try {
      List<String> lines = Files.readAllLines(output);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
    } catch (IOException e) {
      return "nothing: " + e.getMessage();
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
