package io.merlon.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Merlon in a cluster: what the chart renders, as it is kept in deploy/kustomize. MERLON_IMAGE
 * names another image than the chart does, MERLON_INTERFACES how pods' interfaces begin unless that
 * is known.
 */
record Release(Kubectl cluster, String interfaces) {
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

  static Release on(Kubectl cluster) {
    return new Release(cluster, System.getenv().getOrDefault("MERLON_INTERFACES", "eni,vlan"));
  }

  /**
   * The agents, in observe mode.
   *
   * @param settings other values of the configuration, or further ones, as {@code mode=enforce}
   */
  void install(String... settings) {
    cluster.apply(OWN_NAMESPACE);
    String manifests = manifests("base");
    for (String setting : settings) {
      manifests = with(manifests, setting.split("=", 2));
    }
    cluster.apply(manifests);
    cluster.awaitRollout(NAMESPACE, NAME);
  }

  private static String with(String manifests, String[] setting) {
    String line = "%s: \"%s\"".formatted(setting[0], setting[1]);
    String changed =
        manifests.replaceFirst("(?m)^( +)%s: \".*$".formatted(setting[0]), "$1" + line);
    return changed.equals(manifests)
        ? manifests.replaceFirst("(?m)^( +)(mode: \".*)$", "$1" + line + "\n$1$2")
        : changed;
  }

  /** Has the API server look at every field of what is rendered for EKS, and keep nothing. */
  void tryForEks() {
    cluster.dryRun(manifests("eks"));
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

  /** Fails where Merlon is there already: a test would change it, and take it away in the end. */
  void mustNotBeThere() {
    String there = left();
    if (!there.isEmpty()) {
      throw new IllegalStateException("Merlon is in this cluster already: " + there);
    }
  }

  /**
   * Detaches and uninstalls, if there is anything; what does not let go of nodes stays to say so.
   */
  void takeAway() {
    if (!left().isEmpty()) {
      detach();
      uninstall();
    }
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

  /** The command in a node's agent. */
  Command merlon(String node, String... command) {
    List<String> whole = new ArrayList<>(List.of("merlon"));
    whole.addAll(List.of(command));
    return cluster.exec(NAMESPACE, agent(node), whole.toArray(String[]::new));
  }

  /** What a node's agent serves under a path. */
  String page(String node, String path) {
    String ask =
        "exec 3<>/dev/tcp/127.0.0.1/9469; printf 'GET %s HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3"
            .formatted(path);
    return cluster.exec(NAMESPACE, agent(node), "/bin/bash", "-c", ask).succeeded();
  }

  /** Fields of a file of a node's agent's process, such as {@code status}. */
  Map<String, String> status(String node) {
    Map<String, String> fields = new HashMap<>();
    cluster
        .exec(NAMESPACE, agent(node), "/bin/cat", "/proc/1/status")
        .succeeded()
        .lines()
        .map(line -> line.split(":", 2))
        .forEach(parts -> fields.put(parts[0], parts[1].strip()));
    return fields;
  }

  long residentMebibytes(String node) {
    return mebibytes(node, "VmRSS");
  }

  /** Since its start. */
  long highestMebibytes(String node) {
    return mebibytes(node, "VmHWM");
  }

  private long mebibytes(String node, String field) {
    String kibibytes = status(node).getOrDefault(field, "");
    return Long.parseLong(kibibytes.split(" ", -1)[0]) / 1024;
  }

  /** Processor time a node's agent has used, in milliseconds. */
  long processorMillis(String node) {
    String stat = cluster.exec(NAMESPACE, agent(node), "/bin/cat", "/proc/1/stat").succeeded();
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return 10 * (Long.parseLong(fields[11]) + Long.parseLong(fields[12]));
  }

  static String image() {
    return System.getenv().getOrDefault("MERLON_IMAGE", IMAGE);
  }

  private String manifests(String folder) {
    Path file = Path.of("../deploy/kustomize", folder, "merlon.yaml");
    try {
      return Files.readString(file)
          .replace("image: " + IMAGE, "image: " + image())
          .replace(
              "interface-prefixes: \"eni,vlan\"", "interface-prefixes: \"" + interfaces + "\"");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
