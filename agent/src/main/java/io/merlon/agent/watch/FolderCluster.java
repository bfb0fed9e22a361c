package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterEvent.PutEndpointSlice;
import io.merlon.agent.api.ClusterEvent.PutNamespace;
import io.merlon.agent.api.ClusterEvent.PutNode;
import io.merlon.agent.api.ClusterEvent.PutPod;
import io.merlon.agent.api.ClusterEvent.PutService;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.watch.Manifest.OfPod;
import io.merlon.agent.watch.Manifest.OfService;
import io.merlon.agent.watch.Manifest.OfWorkload;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Turns the manifests of a folder into the cluster they would become: what the API server defaults,
 * and what controllers, schedulers and the network make of it.
 */
final class FolderCluster {
  private static final String NAME_LABEL = "kubernetes.io/metadata.name";

  private final Sharing sharing;
  private final List<ManifestProblem> problems;
  private final Map<ClusterEvent.Key, ClusterEvent> objects = new LinkedHashMap<>();
  private final Map<ClusterEvent.Key, Origin> origins = new HashMap<>();

  private FolderCluster(Sharing sharing, List<ManifestProblem> problems) {
    this.sharing = sharing;
    this.problems = problems;
  }

  static FolderContents of(
      Collection<Manifest> manifests, Sharing sharing, List<ManifestProblem> problems) {
    var all = new ArrayList<>(problems);
    var cluster = new FolderCluster(sharing, all);
    cluster.build(manifests);
    all.sort(ManifestProblem.ORDER);
    return new FolderContents(cluster.objects, all, new SourceMap(cluster.origins));
  }

  private void build(Collection<Manifest> manifests) {
    var pods = new ArrayList<OfPod>();
    var services = new ArrayList<OfService>();
    var workloads = new ArrayList<OfWorkload>();
    for (Manifest manifest : manifests) {
      switch (manifest) {
        case Manifest.Plain plain -> put(plain.put(), plain.origin());
        case OfPod pod -> pods.add(pod);
        case OfService service -> services.add(service);
        case OfWorkload workload -> workloads.add(workload);
      }
    }
    putPods(pods, workloads);
    putServices(services);
    putNamespaces();
  }

  private void put(ClusterEvent event, @Nullable Origin origin) {
    objects.put(event.key(), event);
    if (origin != null) {
      origins.put(event.key(), origin);
    }
  }

  private <T extends ClusterEvent> List<T> objects(Class<T> type) {
    return objects.values().stream().filter(type::isInstance).map(type::cast).toList();
  }

  private void putPods(Collection<OfPod> given, Collection<OfWorkload> workloads) {
    var nodes =
        new FolderNodes(
            objects(PutNode.class).stream().map(PutNode::object).toList(), given, workloads);
    nodes.all().forEach(node -> put(new PutNode(node), null));
    var pods = new WorkloadPods(sharing, nodes.names(), problems).expand(given, workloads);
    new FolderPods(sharing, nodes)
        .run(pods)
        .forEach(running -> put(new PutPod(running.pod()), running.origin()));
  }

  private void putServices(Collection<OfService> services) {
    var pods = objects(PutPod.class).stream().map(PutPod::object).toList();
    var slices = objects(PutEndpointSlice.class).stream().map(PutEndpointSlice::object).toList();
    for (ClusterEvent event : new FolderServices(services).complete(pods, slices)) {
      objects.putIfAbsent(event.key(), event);
    }
    for (OfService service : services) {
      origins.put(new PutService(service.draft().service(List.of())).key(), service.origin());
    }
  }

  /** Every namespace that is used exists, and carries its name as a label. */
  private void putNamespaces() {
    var names = new TreeSet<String>();
    for (ClusterEvent.Key key : objects.keySet()) {
      if (!key.namespace().isEmpty()) {
        names.add(key.namespace());
      }
    }
    objects(PutNamespace.class).forEach(put -> names.add(put.object().name()));
    for (String name : names) {
      var key = new ClusterEvent.Key(ClusterEvent.Kind.NAMESPACE, "", name);
      Namespace given =
          objects.get(key) instanceof PutNamespace(Namespace known)
              ? known
              : new Namespace(name, Map.of(), Map.of());
      var labels = new LinkedHashMap<>(given.labels());
      labels.put(NAME_LABEL, name);
      put(new PutNamespace(new Namespace(name, labels, given.annotations())), null);
    }
  }
}
