package io.merlon.it;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Runs pods that misbehave to their end. */
record MisbehavingPods(Kubectl cluster, MisbehavingPod.Targets targets) {
  /**
   * A pod that ended.
   *
   * @param begun the whole second in which its container was started
   */
  record Ended(String name, Instant begun, MisbehavingPod.Told told) {}

  /** Runs pods of one namespace and label at once. */
  List<Ended> run(List<MisbehavingPod> all) {
    StringBuilder manifests = new StringBuilder();
    all.forEach(pod -> manifests.append(pod.manifest(targets)));
    cluster.apply(manifests.toString());
    pods(all.getFirst(), "wait", "--for=jsonpath={.status.phase}=Succeeded", "--timeout=180s");
    String ended = "{.status.containerStatuses[0].state.terminated.%s}";
    String output =
        pods(
            all.getFirst(),
            "get",
            "--output=jsonpath={range .items[*]}pod {.metadata.name} %s{\"\\n\"}%s{\"\\n\"}{end}"
                .formatted(ended.formatted("startedAt"), ended.formatted("message")));
    List<Ended> told = new ArrayList<>();
    for (String pod : output.split("(?m)^pod ", -1)) {
      List<String> lines = pod.lines().filter(line -> !line.isBlank()).toList();
      if (!lines.isEmpty()) {
        told.add(ended(lines.getFirst(), lines.subList(1, lines.size())));
      }
    }
    if (told.size() != all.size()) {
      throw new AssertionError("of %d pods %d told".formatted(all.size(), told.size()));
    }
    return told;
  }

  private static Ended ended(String pod, List<String> message) {
    String[] parts = pod.split(" ", -1);
    return new Ended(parts[0], Instant.parse(parts[1]), MisbehavingPod.Told.of(parts[0], message));
  }

  /** Takes pods of a label away, and does not wait. */
  void delete(MisbehavingPod pod) {
    pods(pod, "delete", "--wait=false", "--grace-period=0");
  }

  private String pods(MisbehavingPod pod, String verb, String... options) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "--namespace=" + pod.namespace(),
                verb,
                "pods",
                "--selector=" + pod.label().replace(": ", "=")));
    command.addAll(List.of(options));
    return cluster.run(command.toArray(String[]::new)).succeeded();
  }
}
