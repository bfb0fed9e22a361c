package io.merlon.agent.lab;

import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.Node;
import io.merlon.agent.api.Pod;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Which nodes there are to be, and which pods on each. A node without pods is none. */
final class Layout {
  private Layout() {}

  /** What a cluster asks for. */
  static Map<LabNode.Described, Set<LabNode.PodDescribed>> of(ClusterSnapshot cluster) {
    Map<String, List<Address>> addresses = new HashMap<>();
    for (Node node : cluster.nodes()) {
      addresses.put(node.name(), parsed(node.addresses()));
    }
    Map<LabNode.Described, Set<LabNode.PodDescribed>> wanted = new HashMap<>();
    Map<Address, PodRef> owners = new HashMap<>();
    for (Pod pod : cluster.pods()) {
      String node = pod.node();
      if (pod.phase().finished() || pod.ips().isEmpty() || node == null) {
        continue;
      }
      PodRef name = new PodRef(pod.namespace(), pod.name());
      var described = new LabNode.PodDescribed(name, pod.hostNetwork(), parsed(pod.ips()));
      if (!pod.hostNetwork()) {
        described.addresses().forEach(address -> own(owners, address, name));
      }
      List<Address> own = addresses.getOrDefault(node, List.of());
      wanted.computeIfAbsent(new LabNode.Described(node, own), _ -> new HashSet<>()).add(described);
    }
    return wanted;
  }

  private static void own(Map<Address, PodRef> owners, Address address, PodRef pod) {
    PodRef other = owners.put(address, pod);
    if (other != null) {
      throw new LabException(address + " is the address of both " + other + " and " + pod);
    }
  }

  private static List<Address> parsed(Collection<String> texts) {
    return texts.stream().map(Address::parse).filter(Objects::nonNull).distinct().toList();
  }
}
