package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterEvent.Gone;
import io.merlon.agent.api.ClusterEvent.PutClusterNetworkPolicy;
import io.merlon.agent.api.ClusterEvent.PutEndpointSlice;
import io.merlon.agent.api.ClusterEvent.PutNamespace;
import io.merlon.agent.api.ClusterEvent.PutNetworkPolicy;
import io.merlon.agent.api.ClusterEvent.PutNode;
import io.merlon.agent.api.ClusterEvent.PutPod;
import io.merlon.agent.api.ClusterEvent.PutPodIdentityAssociation;
import io.merlon.agent.api.ClusterEvent.PutService;
import io.merlon.agent.api.ClusterEvent.PutServiceAccount;
import io.merlon.agent.api.ClusterNetworkPolicy;
import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.EndpointSlice;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.api.Node;
import io.merlon.agent.api.Pod;
import io.merlon.agent.api.PodIdentityAssociation;
import io.merlon.agent.api.Service;
import io.merlon.agent.api.ServiceAccount;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Sorts objects by kind. */
final class Snapshots {
  private final List<Namespace> namespaces = new ArrayList<>();
  private final List<Pod> pods = new ArrayList<>();
  private final List<ServiceAccount> serviceAccounts = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<Service> services = new ArrayList<>();
  private final List<EndpointSlice> endpointSlices = new ArrayList<>();
  private final List<NetworkPolicy> networkPolicies = new ArrayList<>();
  private final List<ClusterNetworkPolicy> clusterNetworkPolicies = new ArrayList<>();
  private final List<PodIdentityAssociation> associations = new ArrayList<>();

  private Snapshots() {}

  /** The snapshot of events of which each is about another object. */
  static ClusterSnapshot of(Collection<ClusterEvent> events) {
    var sorted = new Snapshots();
    events.forEach(sorted::add);
    return sorted.snapshot();
  }

  private void add(ClusterEvent event) {
    switch (event) {
      case PutNamespace(var object) -> namespaces.add(object);
      case PutPod(var object) -> pods.add(object);
      case PutServiceAccount(var object) -> serviceAccounts.add(object);
      case PutNode(var object) -> nodes.add(object);
      case PutService(var object) -> services.add(object);
      case PutEndpointSlice(var object) -> endpointSlices.add(object);
      case PutNetworkPolicy(var object) -> networkPolicies.add(object);
      case PutClusterNetworkPolicy(var object) -> clusterNetworkPolicies.add(object);
      case PutPodIdentityAssociation(var object) -> associations.add(object);
      case Gone _ -> {}
    }
  }

  private ClusterSnapshot snapshot() {
    return new ClusterSnapshot(
        List.copyOf(namespaces),
        List.copyOf(pods),
        List.copyOf(serviceAccounts),
        List.copyOf(nodes),
        List.copyOf(services),
        List.copyOf(endpointSlices),
        List.copyOf(networkPolicies),
        List.copyOf(clusterNetworkPolicies),
        List.copyOf(associations));
  }
}
