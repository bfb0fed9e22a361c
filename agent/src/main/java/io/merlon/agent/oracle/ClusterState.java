package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterEvent;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What events come to, by the contract of {@link ClusterEvent}: the last word per key holds. */
public final class ClusterState {
  private final Map<ClusterEvent.Key, ClusterEvent> last = new LinkedHashMap<>();

  /** Knows of nothing yet. */
  public ClusterState() {}

  static ClusterState after(List<ClusterEvent> events) {
    ClusterState state = new ClusterState();
    events.forEach(state::apply);
    return state;
  }

  static ClusterState of(ClusterSnapshot cluster) {
    return after(puts(cluster));
  }

  public void apply(ClusterEvent event) {
    if (event instanceof ClusterEvent.Gone gone) {
      last.remove(gone.key());
    } else {
      last.put(event.key(), event);
    }
  }

  /** What holds of a key: that it is as it was last put, or gone. */
  ClusterEvent lastWord(ClusterEvent.Key key) {
    return last.getOrDefault(key, new ClusterEvent.Gone(key));
  }

  /** The events that tell a newcomer everything. */
  List<ClusterEvent> puts() {
    return List.copyOf(last.values());
  }

  public ClusterSnapshot snapshot() {
    Lists lists = new Lists();
    last.values().forEach(lists::add);
    return lists.snapshot();
  }

  static List<ClusterEvent> puts(ClusterSnapshot cluster) {
    List<ClusterEvent> puts = new ArrayList<>();
    cluster.namespaces().forEach(o -> puts.add(new ClusterEvent.PutNamespace(o)));
    cluster.nodes().forEach(o -> puts.add(new ClusterEvent.PutNode(o)));
    cluster.serviceAccounts().forEach(o -> puts.add(new ClusterEvent.PutServiceAccount(o)));
    cluster
        .podIdentityAssociations()
        .forEach(o -> puts.add(new ClusterEvent.PutPodIdentityAssociation(o)));
    cluster.pods().forEach(o -> puts.add(new ClusterEvent.PutPod(o)));
    cluster.services().forEach(o -> puts.add(new ClusterEvent.PutService(o)));
    cluster.endpointSlices().forEach(o -> puts.add(new ClusterEvent.PutEndpointSlice(o)));
    cluster.networkPolicies().forEach(o -> puts.add(new ClusterEvent.PutNetworkPolicy(o)));
    cluster
        .clusterNetworkPolicies()
        .forEach(o -> puts.add(new ClusterEvent.PutClusterNetworkPolicy(o)));
    return puts;
  }

  private static final class Lists {
    final List<Namespace> namespaces = new ArrayList<>();
    final List<Pod> pods = new ArrayList<>();
    final List<ServiceAccount> serviceAccounts = new ArrayList<>();
    final List<Node> nodes = new ArrayList<>();
    final List<Service> services = new ArrayList<>();
    final List<EndpointSlice> endpointSlices = new ArrayList<>();
    final List<NetworkPolicy> networkPolicies = new ArrayList<>();
    final List<ClusterNetworkPolicy> clusterNetworkPolicies = new ArrayList<>();
    final List<PodIdentityAssociation> associations = new ArrayList<>();

    void add(ClusterEvent event) {
      switch (event) {
        case ClusterEvent.PutNamespace(Namespace o) -> namespaces.add(o);
        case ClusterEvent.PutPod(Pod o) -> pods.add(o);
        case ClusterEvent.PutServiceAccount(ServiceAccount o) -> serviceAccounts.add(o);
        case ClusterEvent.PutNode(Node o) -> nodes.add(o);
        case ClusterEvent.PutService(Service o) -> services.add(o);
        case ClusterEvent.PutEndpointSlice(EndpointSlice o) -> endpointSlices.add(o);
        case ClusterEvent.PutNetworkPolicy(NetworkPolicy o) -> networkPolicies.add(o);
        case ClusterEvent.PutClusterNetworkPolicy(ClusterNetworkPolicy o) ->
            clusterNetworkPolicies.add(o);
        case ClusterEvent.PutPodIdentityAssociation(PodIdentityAssociation o) ->
            associations.add(o);
        case ClusterEvent.Gone gone ->
            throw new IllegalStateException("nothing is left of " + gone.key());
      }
    }

    ClusterSnapshot snapshot() {
      return new ClusterSnapshot(
          namespaces,
          pods,
          serviceAccounts,
          nodes,
          services,
          endpointSlices,
          networkPolicies,
          clusterNetworkPolicies,
          associations);
    }
  }
}
