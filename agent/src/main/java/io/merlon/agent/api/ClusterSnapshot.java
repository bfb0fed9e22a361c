package io.merlon.agent.api;

import java.util.Collection;
import java.util.List;

/** Every object Merlon knows at one moment. Order carries no meaning. */
public record ClusterSnapshot(
    Collection<Namespace> namespaces,
    Collection<Pod> pods,
    Collection<ServiceAccount> serviceAccounts,
    Collection<Node> nodes,
    Collection<Service> services,
    Collection<EndpointSlice> endpointSlices,
    Collection<NetworkPolicy> networkPolicies,
    Collection<ClusterNetworkPolicy> clusterNetworkPolicies,
    Collection<PodIdentityAssociation> podIdentityAssociations) {
  public static final ClusterSnapshot EMPTY =
      new ClusterSnapshot(
          List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(),
          List.of());
}
