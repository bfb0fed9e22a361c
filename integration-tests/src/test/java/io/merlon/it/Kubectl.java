package io.merlon.it;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A cluster that a kubeconfig leads to, if it has nodes. */
final class Kubectl {
  private static final Duration READY = Duration.ofMinutes(3);

  private final Path kubeconfig;
  private final List<String> nodes;

  private Kubectl(Path kubeconfig, List<String> nodes) {
    this.kubeconfig = kubeconfig;
    this.nodes = nodes;
  }

  /** Why the command cannot be run; empty where it can. */
  static Optional<String> missing() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "kubectl")))
        ? Optional.empty()
        : Optional.of("there is no kubectl");
  }

  /** The one that KUBECONFIG leads to. */
  static Optional<Kubectl> here() {
    String kubeconfig = System.getenv("KUBECONFIG");
    return kubeconfig == null || !Files.isRegularFile(Path.of(kubeconfig))
        ? Optional.empty()
        : of(Path.of(kubeconfig));
  }

  static Optional<Kubectl> of(Path kubeconfig) {
    Command nodes =
        new Kubectl(kubeconfig, List.of())
            .run("get", "nodes", "--output=jsonpath={.items[*].metadata.name}");
    return nodes.exit() != 0 || nodes.output().isBlank()
        ? Optional.empty()
        : Optional.of(new Kubectl(kubeconfig, List.of(nodes.output().strip().split(" ", -1))));
  }

  /** Of one, all pods are on it. */
  String node(int index) {
    return nodes.get(index % nodes.size());
  }

  List<String> nodes() {
    return nodes;
  }

  Command run(String... arguments) {
    return fed("", arguments);
  }

  /** With something on its standard input. */
  private Command fed(String input, String... arguments) {
    List<String> command = new ArrayList<>(List.of("kubectl", "--kubeconfig=" + kubeconfig));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    // Over WebSockets it at times discards what comes before it has a place for it, and warns.
    builder.environment().put("KUBECTL_REMOTE_COMMAND_WEBSOCKETS", "false");
    return Command.run(builder, input);
  }

  void apply(String manifests) {
    fed(manifests, "apply", "--filename=-").succeeded();
  }

  void dryRun(String manifests) {
    fed(manifests, "apply", "--dry-run=server", "--validate=strict", "--filename=-").succeeded();
  }

  void apply(Path file) {
    run("apply", "--filename=" + file).succeeded();
  }

  /** Of the objects that manifests name, those there are; "" if none. */
  String present(String manifests) {
    return fed(manifests, "get", "--filename=-", "--ignore-not-found", "--output=name")
        .succeeded()
        .strip();
  }

  void delete(String manifests) {
    fed(manifests, "delete", "--filename=-", "--ignore-not-found", "--wait", "--timeout=60s")
        .succeeded();
  }

  String get(String namespace, String object, String path) {
    return run("--namespace=" + namespace, "get", object, "--output=jsonpath=" + path)
        .succeeded()
        .strip();
  }

  /** Events that were told before, and last for an hour, are not to be taken for new ones. */
  void forgetEvents(String reason) {
    run("delete", "events", "--all-namespaces", "--field-selector=reason=" + reason).succeeded();
  }

  /** Whether an Event tells of it since. */
  boolean isTold(String reason) {
    return !run(
            "get",
            "events",
            "--all-namespaces",
            "--field-selector=reason=" + reason,
            "--output=name")
        .succeeded()
        .isBlank();
  }

  Command exec(String namespace, String pod, String... command) {
    List<String> arguments =
        new ArrayList<>(List.of("--namespace=" + namespace, "exec", pod, "--"));
    arguments.addAll(List.of(command));
    return run(arguments.toArray(String[]::new));
  }

  void awaitReady(String namespace, String pods) {
    run(
            "--namespace=" + namespace,
            "wait",
            "--for=condition=Ready",
            "--timeout=" + READY.toSeconds() + "s",
            "pods",
            pods)
        .succeeded();
  }

  void awaitRollout(String namespace, String daemonSet) {
    run(
            "--namespace=" + namespace,
            "rollout",
            "status",
            "daemonset/" + daemonSet,
            "--timeout=" + READY.toSeconds() + "s")
        .succeeded();
  }
}
