package io.merlon.agent.explain;

import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.Pod;
import io.merlon.agent.identity.PodRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The pods that one thing made: a Deployment, a StatefulSet, or a pod nobody made. */
public record Workload(String name, List<End> pods) {
  private static final String HASH = "pod-template-hash";

  public Workload {
    pods = List.copyOf(pods);
  }

  /** All workloads of a cluster by name. */
  public static List<Workload> of(ClusterSnapshot cluster) {
    Map<PodRef, Pod> byName = new HashMap<>();
    cluster.pods().forEach(pod -> byName.put(new PodRef(pod.namespace(), pod.name()), pod));
    var pods = new TreeMap<String, List<End>>();
    for (End end : Census.pods(cluster)) {
      Pod pod = Objects.requireNonNull(byName.get(Objects.requireNonNull(end.pod())));
      pods.computeIfAbsent(name(pod), _ -> new ArrayList<>()).add(end);
    }
    return pods.entrySet().stream()
        .map(entry -> new Workload(entry.getKey(), entry.getValue()))
        .toList();
  }

  /** A ReplicaSet of a Deployment is named for it and a hash, which every rollout changes. */
  public static String name(Pod pod) {
    Pod.Owner owner = pod.owner();
    if (owner == null) {
      return pod.namespace() + "/" + pod.name();
    }
    String hash = pod.labels().get(HASH);
    String name = owner.name();
    if (hash != null && owner.kind().equals("ReplicaSet") && name.endsWith("-" + hash)) {
      name = name.substring(0, name.length() - hash.length() - 1);
    }
    return pod.namespace() + "/" + name;
  }
}
