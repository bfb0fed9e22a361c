package io.merlon.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/** A cluster that is a folder of manifests, one object or a few to a file. */
final class ClusterFolder implements AutoCloseable {
  private final Path path;

  ClusterFolder() {
    try {
      this.path = Files.createTempDirectory("merlon-it");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path path() {
    return path;
  }

  /** Adds a namespace. Its labels and annotations are written as in a manifest's flow style. */
  void namespace(String name, String labels, String annotations) {
    write(
        "namespace-" + name,
        "{apiVersion: v1, kind: Namespace, metadata: {name: %s, labels: {%s}, annotations: {%s}}}"
            .formatted(name, labels, annotations));
  }

  /** Adds a node at its place in a {@link Fabric}. */
  void node(String name, int number) {
    write(
        name,
        """
        apiVersion: v1
        kind: Node
        metadata: {name: %s}
        status:
          addresses: [{type: InternalIP, address: %s}, {type: InternalIP, address: "%s"}]
        """
            .formatted(name, Fabric.address(number), Fabric.address6(number)));
  }

  /**
   * Adds a pod, or changes what is said of it.
   *
   * @param metadata besides its names
   */
  void pod(String node, String namespace, String name, String metadata, Pod at) {
    write(
        "pod-" + namespace + "-" + name,
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: %s, namespace: %s, uid: uid-%s, %s}
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
                metadata,
                node,
                at.v4().getHostAddress(),
                at.v4().getHostAddress(),
                at.v6().getHostAddress()));
  }

  /** Writes a file, in one step, as whoever applies manifests does. */
  void write(String name, String manifest) {
    try {
      Path next = Files.writeString(path.resolve("." + name), manifest);
      Files.move(next, path.resolve(name + ".yaml"), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void delete(String name) {
    try {
      Files.delete(path.resolve(name + ".yaml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
