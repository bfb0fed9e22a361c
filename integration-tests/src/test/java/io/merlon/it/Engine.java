package io.merlon.it;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Volume;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/** A container engine that has the agent's image. */
final class Engine {
  static final String IMAGE = System.getProperty("merlon.image", "docker.io/library/merlon:0.1.0");

  private static final int PULL_MINUTES = 10;

  private static final Path SECCOMP = Path.of("../deploy/chart/files/seccomp.json");

  /** What the chart gives an agent, and what includes it where that cannot be named. */
  private static final Capability[] CHART = {
    Capability.NET_ADMIN, Capability.BPF, Capability.PERFMON
  };

  private static final Capability[] OLD = {Capability.NET_ADMIN, Capability.SYS_ADMIN};

  private Engine() {}

  /** Why there is none; empty where there is. */
  static Optional<String> missing() {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      return Optional.of("no Docker engine answers here");
    }
    try {
      client().inspectImageCmd(IMAGE).exec();
      return Optional.empty();
    } catch (NotFoundException absent) {
      return Optional.of("the Docker engine here has no image " + IMAGE);
    }
  }

  /** Whether the engine has an image, or gets it: by one try, not for as long as tests wait. */
  static boolean pulled(DockerImageName image) {
    String name = image.asCanonicalNameString();
    try {
      client().inspectImageCmd(name).exec();
      return true;
    } catch (NotFoundException absent) {
      return pull(name);
    }
  }

  private static boolean pull(String name) {
    try {
      return client().pullImageCmd(name).start().awaitCompletion(PULL_MINUTES, TimeUnit.MINUTES);
    } catch (DockerException unreachable) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The agent's image, as {@code docker save} writes it. */
  static InputStream archive() {
    return client().saveImageCmd(IMAGE).exec();
  }

  private static DockerClient client() {
    return DockerClientFactory.lazyClient();
  }

  /** A container with a network namespace of its own, and nothing in that, that does nothing. */
  static GenericContainer<?> idle() {
    return started(
        new GenericContainer<>(DockerImageName.parse(IMAGE))
            .withNetworkMode("none")
            .withCreateContainerCmdModifier(
                create -> create.withEntrypoint("/usr/bin/sleep").withCmd("infinity")));
  }

  /** The network namespace that a container has. */
  static NetworkNamespace namespace(GenericContainer<?> container, String label) {
    Long process = container.getCurrentContainerInfo().getState().getPidLong();
    if (process == null) {
      throw new IllegalStateException("no process: container " + container.getContainerId());
    }
    return NetworkNamespace.of(process, label);
  }

  /**
   * A container of an image, confined as the chart's pods are.
   *
   * @param node whose network namespace it shares, as the host's
   * @param cluster the folder of manifests
   * @param pins a BPF file system
   */
  static GenericContainer<?> agent(
      String image, GenericContainer<?> node, Path cluster, Path pins, String... command) {
    return started(
        new GenericContainer<>(DockerImageName.parse(image))
            .withNetworkMode("container:" + node.getContainerId())
            .withEnv("MERLON_PIN_ROOT", "/bpf/merlon")
            .withCommand(command)
            .withCreateContainerCmdModifier(
                create -> confine(Objects.requireNonNull(create.getHostConfig()), cluster, pins)));
  }

  private static GenericContainer<?> started(GenericContainer<?> container) {
    container.start();
    return container;
  }

  private static void confine(HostConfig host, Path cluster, Path pins) {
    host.withBinds(
            Bind.parse(cluster + ":/manifests:ro"), new Bind(pins.toString(), new Volume("/bpf")))
        .withCapDrop(Capability.ALL)
        .withCapAdd(knowsBpf() ? CHART : OLD)
        .withReadonlyRootfs(true)
        .withTmpFs(Map.of("/tmp", ""))
        .withSecurityOpts(List.of("no-new-privileges", "seccomp=" + seccomp()));
  }

  /** Engines before Docker 23 may refuse the names of capabilities that Linux 5.8 brought. */
  private static boolean knowsBpf() {
    String version = Objects.requireNonNull(client().versionCmd().exec().getVersion());
    return Integer.parseInt(version.split("\\.", 2)[0]) >= 23;
  }

  private static String seccomp() {
    try {
      return Files.readString(SECCOMP);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Another version of the image that a container was made of, with a setting changed. */
  static String changed(GenericContainer<?> of, String tag, String variable) {
    String name = IMAGE.substring(0, IMAGE.lastIndexOf(':'));
    client()
        .commitCmd(of.getContainerId())
        .withRepository(name)
        .withTag(tag)
        .withEnv(variable)
        .withPause(false)
        .exec();
    return name + ":" + tag;
  }

  static void remove(String image) {
    client().removeImageCmd(image).withForce(true).exec();
  }

  /** The exit code of a container that ends by itself. */
  static int awaitEnd(GenericContainer<?> container) {
    return client().waitContainerCmd(container.getContainerId()).start().awaitStatusCode();
  }
}
