package io.merlon.agent.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pod, as far as network policy can tell pods apart.
 *
 * @param node the node it is scheduled to, null before that
 * @param ips all of {@code status.podIPs}, as written
 * @param owner the controller that made it, null for a bare pod
 * @param terminating whether its deletion has begun; it may still run
 */
public record Pod(
    String namespace,
    String name,
    String uid,
    Map<String, String> labels,
    Map<String, String> annotations,
    String serviceAccount,
    @Nullable String node,
    boolean hostNetwork,
    Phase phase,
    List<String> ips,
    List<ContainerPort> ports,
    @Nullable Owner owner,
    boolean terminating) {
  public Pod {
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
    ips = List.copyOf(ips);
    ports = List.copyOf(ports);
  }

  /** The pod's {@code status.phase}. */
  public enum Phase {
    PENDING,
    RUNNING,
    SUCCEEDED,
    FAILED,
    UNKNOWN;

    /**
     * Whether all containers have ended for good, so that the pod's addresses are no longer its.
     */
    public boolean finished() {
      return this == SUCCEEDED || this == FAILED;
    }
  }

  /** A declared container port; {@code name} is null where the manifest gives none. */
  public record ContainerPort(@Nullable String name, int port, String protocol) {}

  /** The controller of a pod, for instance a ReplicaSet. */
  public record Owner(String kind, String name) {}
}
