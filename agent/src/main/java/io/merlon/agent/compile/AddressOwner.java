package io.merlon.agent.compile;

import io.merlon.agent.api.Pod;
import io.merlon.agent.identity.IamRole;
import io.merlon.agent.identity.LabelSet;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.identity.WorkloadRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who has an address, as far as it is known. */
public sealed interface AddressOwner {
  /**
   * A pod: one that is not going away, where several claim the address.
   *
   * @param node where it runs
   */
  record OfPod(
      PodRef pod,
      LabelSet labels,
      Pod.@Nullable Owner controller,
      WorkloadRef workload,
      String serviceAccount,
      @Nullable IamRole role,
      @Nullable String node)
      implements AddressOwner {}

  /** A node, or a pod on its network. */
  record OfNode(String node) implements AddressOwner {}

  /** Nobody in the cluster. */
  record Outside() implements AddressOwner {}

  static AddressOwner of(@Nullable AddressEntry entry) {
    if (entry == null) {
      return new Outside();
    }
    List<PodEntry> pods =
        entry.pods.stream().sorted((a, b) -> Boolean.compare(a.fading, b.fading)).toList();
    if (pods.isEmpty()) {
      return entry.nodes.isEmpty() ? new Outside() : new OfNode(entry.nodes.getFirst().name);
    }
    PodEntry pod = pods.getFirst();
    PodGroup group = pod.group;
    PodRef ref = new PodRef(pod.namespace.name, pod.name);
    String node = pod.node;
    if (group == null) {
      return new OfPod(ref, LabelSet.EMPTY, null, WorkloadRef.ofPod(ref), "", null, node);
    }
    WorkloadRef workload = group.workload();
    return new OfPod(
        ref,
        group.labels,
        group.key.owner(),
        workload.equals(WorkloadRef.NONE) ? WorkloadRef.ofPod(ref) : workload,
        group.key.serviceAccount(),
        pod.namespace.role(group.key.serviceAccount()),
        node);
  }
}
