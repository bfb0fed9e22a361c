package io.merlon.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Merlon in a cluster: what the chart renders, as it is kept in deploy/kustomize. MERLON_IMAGE
 * names another image than the chart does, MERLON_INTERFACES how pods' interfaces begin.
 */
record Release(Kubectl cluster) {
  static final String NAMESPACE = "merlon";
  static final String NAME = "merlon";
  private static final String IMAGE = "merlon:0.1.0";

  /** What a namespace of pods in the host's network is to say. */
  private static final String OWN_NAMESPACE =
      """
      apiVersion: v1
      kind: Namespace
      metadata: {name: merlon, labels: {pod-security.kubernetes.io/enforce: privileged}}
      """;

  /** The agents, in observe mode. */
  void install() {
    cluster.apply(OWN_NAMESPACE);
    cluster.apply(manifests("base"));
    cluster.awaitRollout(NAMESPACE, NAME);
  }

  /** Takes everything off the nodes; the pods stay to say so. */
  void detach() {
    cluster.apply(manifests("detach"));
    cluster.awaitRollout(NAMESPACE, NAME);
  }

  void uninstall() {
    cluster.delete(manifests("detach"));
    cluster.delete(OWN_NAMESPACE);
  }

  /** Names of objects of ours that are in the cluster. */
  String left() {
    return (cluster.present(manifests("base")) + "\n" + cluster.present(OWN_NAMESPACE)).strip();
  }

  /** The pod of a node's agent. */
  String agent(String node) {
    return cluster
        .run(
            "--namespace=" + NAMESPACE,
            "get",
            "pods",
            "--selector=app.kubernetes.io/name=merlon",
            "--field-selector=spec.nodeName=" + node,
            "--output=name")
        .succeeded()
        .strip();
  }

  static String image() {
    return System.getenv().getOrDefault("MERLON_IMAGE", IMAGE);
  }

  private static String interfaces() {
    return "\"" + System.getenv().getOrDefault("MERLON_INTERFACES", "eni,vlan") + "\"";
  }

  private static String manifests(String folder) {
    Path file = Path.of("../deploy/kustomize", folder, "merlon.yaml");
    try {
      return Files.readString(file)
          .replace("image: " + IMAGE, "image: " + image())
          .replace("interface-prefixes: \"eni,vlan\"", "interface-prefixes: " + interfaces());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
