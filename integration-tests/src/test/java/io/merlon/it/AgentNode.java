package io.merlon.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A node with pods, whose cluster is a folder, and the agent that enforces it. */
final class AgentNode implements AutoCloseable {
  private final PodNetwork network = PodNetwork.create(1);
  private final Map<String, Pod> pods = new LinkedHashMap<>();
  private final Path folder;
  private final AgentProcess agent;

  AgentNode(String... options) {
    try {
      this.folder = Files.createTempDirectory("merlon-it");
    } catch (IOException e) {
      network.close();
      throw new UncheckedIOException(e);
    }
    this.agent = new AgentProcess(network.node(), folder, List.of(options));
    write(
        "node", "{apiVersion: v1, kind: Node, metadata: {name: %s}}".formatted(AgentProcess.NODE));
  }

  AgentProcess agent() {
    return agent;
  }

  PodNetwork network() {
    return network;
  }

  /** Adds a namespace. Its labels and annotations are written as in a manifest's flow style. */
  void namespace(String name, String labels, String annotations) {
    write(
        "namespace-" + name,
        "{apiVersion: v1, kind: Namespace, metadata: {name: %s, labels: {%s}, annotations: {%s}}}"
            .formatted(name, labels, annotations));
  }

  /** Adds a pod, to the node and to the cluster. */
  Pod pod(String namespace, String name, String labels) {
    Pod pod = pods.computeIfAbsent(namespace + "/" + name, _ -> network.addPod(namespace, name));
    describe(namespace, name, labels, "");
    return pod;
  }

  /** Tells the cluster about a pod that is there. */
  void describe(String namespace, String name, String labels, String annotations) {
    Pod pod = pods.get(namespace + "/" + name);
    if (pod == null) {
      throw new IllegalStateException("no pod " + namespace + "/" + name);
    }
    write(
        "pod-" + namespace + "-" + name,
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: %s, namespace: %s, uid: uid-%s, labels: {%s}, annotations: {%s}}
        spec: {nodeName: %s}
        status:
          phase: Running
          podIP: %s
          podIPs: [{ip: %s}, {ip: "%s"}]
        """
            .formatted(
                name,
                namespace,
                name,
                labels,
                annotations,
                AgentProcess.NODE,
                pod.v4().getHostAddress(),
                pod.v4().getHostAddress(),
                pod.v6().getHostAddress()));
  }

  /** Writes an object, in one step, as whoever applies manifests does. */
  void write(String name, String manifest) {
    try {
      Path next = Files.writeString(folder.resolve("." + name), manifest);
      Files.move(next, folder.resolve(name + ".yaml"), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void delete(String name) {
    try {
      Files.delete(folder.resolve(name + ".yaml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try (network) {
      agent.close();
    } finally {
      deleteFolder();
    }
  }

  private void deleteFolder() {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
