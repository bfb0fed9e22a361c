package io.merlon.it;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * From the moment the scheduler gave a pod a node to the moment its agent says that it enforces at
 * the pod's interface each policy that selects it, in the revision it was told. The one is in the
 * scheduler's Events, the other is asked again and again on each node.
 */
final class ArmingTimes {
  static final int INTERVAL_MILLIS = 100;

  private static final String PORT = "9469";
  private static final Pattern ENFORCED = Pattern.compile("enforced \\S+ \\d+");

  private final ClusterPods pods;
  private final String namespace;
  private final List<ClusterPods.Spec> lookers = new ArrayList<>();
  private final Map<String, Instant> scheduled = new HashMap<>();

  private ArmingTimes(ClusterPods pods, String namespace) {
    this.pods = pods;
    this.namespace = namespace;
  }

  /**
   * Looks from now on, from pods in the nodes' own network.
   *
   * @param from namespace of these pods
   * @param namespace of the pods that are looked at
   */
  static ArmingTimes lookFrom(String from, ClusterPods pods, String namespace) {
    ArmingTimes times = new ArmingTimes(pods, namespace);
    for (String node : pods.cluster().nodes()) {
      ClusterPods.Spec looker =
          new ClusterPods.Spec(from, "looker-" + node.replace('.', '-'), "app: looker", node);
      pods.startOnNode(looker, "look", "" + INTERVAL_MILLIS, PORT, namespace);
      times.lookers.add(looker);
    }
    return times;
  }

  /** Remembers what Events tell so far: they go with their pods. */
  void remember() {
    pods.cluster()
        .run(
            "--namespace=" + namespace,
            "get",
            "events.events.k8s.io",
            "--field-selector=reason=Scheduled",
            "--output=jsonpath={range .items[*]}{.regarding.name} {.eventTime}{\"\\n\"}{end}")
        .succeeded()
        .lines()
        .map(line -> line.split(" ", -1))
        .filter(parts -> parts.length == 2 && !parts[1].isEmpty())
        .forEach(parts -> scheduled.put(parts[0], Instant.parse(parts[1])));
  }

  /** Of each pod of which both are known, in milliseconds, the shortest first. */
  List<Long> millis() {
    List<Long> times = new ArrayList<>();
    for (ClusterPods.Spec looker : lookers) {
      for (String line : pods.told(looker, ENFORCED)) {
        String[] parts = line.split(" ", -1);
        Instant at = scheduled.get(parts[1]);
        if (at != null) {
          times.add(Long.parseLong(parts[2]) - at.toEpochMilli());
        }
      }
    }
    Collections.sort(times);
    return times;
  }
}
