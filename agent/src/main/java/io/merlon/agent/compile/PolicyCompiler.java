package io.merlon.agent.compile;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Compiles a snapshot from nothing. The order of its collections plays no part. */
public final class PolicyCompiler {
  private static final Comparator<ClusterEvent> ORDER =
      Comparator.comparing((ClusterEvent event) -> event.key().kind())
          .thenComparing(event -> event.key().namespace())
          .thenComparing(event -> event.key().name());

  private PolicyCompiler() {}

  public static CompiledPolicy compile(ClusterSnapshot snapshot, CompileOptions options) {
    List<ClusterEvent> events = events(snapshot);
    events.sort(ORDER);
    return new IncrementalCompiler(options).apply(events);
  }

  /** The snapshot as events that lead to it. */
  private static List<ClusterEvent> events(ClusterSnapshot snapshot) {
    List<ClusterEvent> events = new ArrayList<>();
    snapshot.namespaces().forEach(o -> events.add(new ClusterEvent.PutNamespace(o)));
    snapshot.serviceAccounts().forEach(o -> events.add(new ClusterEvent.PutServiceAccount(o)));
    snapshot
        .podIdentityAssociations()
        .forEach(o -> events.add(new ClusterEvent.PutPodIdentityAssociation(o)));
    snapshot.nodes().forEach(o -> events.add(new ClusterEvent.PutNode(o)));
    snapshot.pods().forEach(o -> events.add(new ClusterEvent.PutPod(o)));
    snapshot.networkPolicies().forEach(o -> events.add(new ClusterEvent.PutNetworkPolicy(o)));
    snapshot
        .clusterNetworkPolicies()
        .forEach(o -> events.add(new ClusterEvent.PutClusterNetworkPolicy(o)));
    snapshot.services().forEach(o -> events.add(new ClusterEvent.PutService(o)));
    snapshot.endpointSlices().forEach(o -> events.add(new ClusterEvent.PutEndpointSlice(o)));
    return events;
  }
}
