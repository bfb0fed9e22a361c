package io.merlon.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/**
 * One node of K3s as a container, with Merlon's image. Its own network, a bridge, is one Merlon
 * does not serve: in its place the plugin ptp gives each pod an interface and a host route, as on
 * kind.
 */
final class K3s implements AutoCloseable {
  static final String INTERFACES = "veth";

  private static final DockerImageName IMAGE =
      DockerImageName.parse(System.getProperty("merlon.k3s", "rancher/k3s:v1.34.1-k3s1"));

  private static final List<String> PLUGINS = List.of("ptp", "host-local", "portmap", "loopback");

  /** Where systems keep the plugins that containernetworking/plugins makes. */
  private static final List<Path> FOLDERS =
      List.of(Path.of("/usr/lib/cni"), Path.of("/opt/cni/bin"));

  private static final String NETWORK =
      """
      {"cniVersion": "1.0.0", "name": "pods", "plugins": [
        {"type": "ptp", "ipMasq": false, "ipam": {
          "type": "host-local", "ranges": [[{"subnet": "10.42.0.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
        {"type": "portmap", "capabilities": {"portMappings": true}}]}
      """;

  private final K3sContainer node;
  private final Path kubeconfig;

  private K3s(K3sContainer node, Path kubeconfig) {
    this.node = node;
    this.kubeconfig = kubeconfig;
  }

  /** Why it cannot be started; empty where it can. */
  static Optional<String> missing() {
    return Engine.missing()
        .or(Kubectl::missing)
        .or(() ->
            plugins().isEmpty() ? Optional.of("no CNI plugins in " + FOLDERS) : Optional.empty())
        .or(() ->
            Engine.pulled(IMAGE) ? Optional.empty() : Optional.of(IMAGE + " cannot be pulled"));
  }

  private static Optional<Path> plugins() {
    return FOLDERS.stream()
        .filter(folder -> PLUGINS.stream().map(folder::resolve).allMatch(Files::isExecutable))
        .findFirst();
  }

  static K3s start() {
    K3sContainer node = new K3sContainer(IMAGE);
    node.withCommand(
        Stream.concat(
                Stream.of(node.getCommandParts()),
                Stream.of("--flannel-backend=none", "--disable-network-policy"))
            .toArray(String[]::new));
    for (String plugin : PLUGINS) {
      node.withCopyFileToContainer(
          MountableFile.forHostPath(plugins().orElseThrow().resolve(plugin), 0755),
          "/opt/cni/bin/" + plugin);
    }
    node.withCopyToContainer(Transferable.of(NETWORK), "/etc/cni/net.d/10-pods.conflist");
    node.start();
    try {
      // The node is a container, in which nobody mounts a BPF file system.
      run(node, "mount", "-t", "bpf", "bpf", "/sys/fs/bpf");
      load(node);
      Path kubeconfig = Files.createTempFile("k3s", ".yaml");
      Files.writeString(kubeconfig, node.getKubeConfigYaml());
      return new K3s(node, kubeconfig);
    } catch (IOException e) {
      node.stop();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      node.stop();
      throw e;
    }
  }

  private static void load(K3sContainer node) throws IOException {
    Path archive = Files.createTempFile("merlon", ".tar");
    try (InputStream image = Engine.archive()) {
      Files.copy(image, archive, StandardCopyOption.REPLACE_EXISTING);
      node.copyFileToContainer(MountableFile.forHostPath(archive), "/merlon.tar");
      run(node, "ctr", "images", "import", "/merlon.tar");
    } finally {
      Files.delete(archive);
    }
  }

  private static void run(K3sContainer node, String... command) throws IOException {
    try {
      ExecResult result = node.execInContainer(command);
      if (result.getExitCode() != 0) {
        throw new IOException(
            "%s: exit %d: %s"
                .formatted(String.join(" ", command), result.getExitCode(), result.getStderr()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted during " + String.join(" ", command), e);
    }
  }

  Kubectl kubectl() {
    return Kubectl.of(kubeconfig).orElseThrow();
  }

  @Override
  public void close() {
    node.stop();
    try {
      Files.delete(kubeconfig);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
