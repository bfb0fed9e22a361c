package io.merlon.agent.watch;

import io.merlon.agent.api.Pod;
import io.merlon.agent.api.Pod.ContainerPort;
import io.merlon.agent.api.Pod.Phase;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A pod while it is read: what is absent is still known to be absent. */
final class PodDraft {
  ObjectMeta meta = new ObjectMeta();
  @Nullable String serviceAccount;
  @Nullable String node;
  boolean hostNetwork;
  @Nullable Phase phase;
  List<String> ips = List.of();
  @Nullable String ip;
  final List<ContainerPort> ports = new ArrayList<>();

  Pod pod(Sharing sharing, Phase phaseIfAbsent) {
    return new Pod(
        meta.namespace,
        meta.name,
        meta.uid,
        meta.labels,
        meta.annotations,
        serviceAccount == null || serviceAccount.isEmpty() ? "default" : serviceAccount,
        node == null || node.isEmpty() ? null : sharing.string(node),
        hostNetwork,
        phase == null ? phaseIfAbsent : phase,
        addresses(),
        sharing.list(ports),
        meta.owner,
        meta.terminating);
  }

  /** {@code podIPs}, or what API servers before dual-stack gave. */
  private List<String> addresses() {
    return !ips.isEmpty() || ip == null || ip.isEmpty() ? ips : List.of(ip);
  }
}
