package io.merlon.agent.verify;

import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.EndpointSlice;
import io.merlon.agent.api.Pod;
import io.merlon.agent.api.PodIdentityAssociation;
import io.merlon.agent.api.Service;
import io.merlon.agent.api.ServiceAccount;
import io.merlon.agent.oracle.Ip;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one has to know of a cluster to judge what the node's own pods may do with the addresses of
 * a part: of pods those that have such an address or stand behind one, of all else what these need.
 */
final class ClusterPart {
  private final String node;
  private final Part part;

  private ClusterPart(String node, Part part) {
    this.node = node;
    this.part = part;
  }

  static ClusterSnapshot of(ClusterSnapshot cluster, String node, Part part) {
    return part.of() == 1 ? cluster : new ClusterPart(node, part).of(cluster);
  }

  private ClusterSnapshot of(ClusterSnapshot cluster) {
    List<Service> services =
        cluster.services().stream().filter(service -> hasAny(service.addresses())).toList();
    Set<String> names =
        services.stream().map(it -> name(it.namespace(), it.name())).collect(Collectors.toSet());
    List<EndpointSlice> slices =
        cluster.endpointSlices().stream()
            .filter(slice -> names.contains(name(slice.namespace(), slice.service())))
            .toList();
    Set<String> backends =
        slices.stream()
            .flatMap(slice -> slice.endpoints().stream())
            .flatMap(endpoint -> endpoint.addresses().stream())
            .collect(Collectors.toSet());
    List<Pod> pods = cluster.pods().stream().filter(pod -> isNeeded(pod, backends)).toList();
    Set<String> accounts =
        pods.stream()
            .map(pod -> name(pod.namespace(), pod.serviceAccount()))
            .collect(Collectors.toSet());
    return new ClusterSnapshot(
        cluster.namespaces(),
        pods,
        accounts(cluster.serviceAccounts(), accounts),
        cluster.nodes(),
        services,
        slices,
        cluster.networkPolicies(),
        cluster.clusterNetworkPolicies(),
        associations(cluster.podIdentityAssociations(), accounts));
  }

  private boolean isNeeded(Pod pod, Set<String> backends) {
    return node.equals(pod.node())
        || hasAny(pod.ips())
        || pod.ips().stream().anyMatch(backends::contains);
  }

  private boolean hasAny(List<String> addresses) {
    for (String text : addresses) {
      Ip ip = Ip.parse(text);
      if (ip != null && part.has(ip)) {
        return true;
      }
    }
    return false;
  }

  private static List<ServiceAccount> accounts(
      Collection<ServiceAccount> all, Set<String> accounts) {
    return all.stream().filter(it -> accounts.contains(name(it.namespace(), it.name()))).toList();
  }

  private static List<PodIdentityAssociation> associations(
      Collection<PodIdentityAssociation> all, Set<String> accounts) {
    return all.stream()
        .filter(it -> accounts.contains(name(it.namespace(), it.serviceAccount())))
        .toList();
  }

  private static String name(String namespace, String name) {
    return namespace + "/" + name;
  }
}
