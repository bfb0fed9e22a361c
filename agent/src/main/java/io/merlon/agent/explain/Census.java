package io.merlon.agent.explain;

import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.Pod;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.policy.Protocol;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;

/** Whom and what there is to ask about in a cluster. */
public final class Census {
  private static final PortSpec WEB = new PortSpec(Protocol.TCP, 80);

  private Census() {}

  /** Every pod that can send or receive, host-network ones included, by namespace and name. */
  public static List<End> pods(ClusterSnapshot cluster) {
    return cluster.pods().stream()
        .filter(pod -> !pod.phase().finished())
        .map(Census::end)
        .filter(end -> !end.addresses().isEmpty())
        .sorted(Comparator.comparing(end -> Objects.requireNonNull(end.pod())))
        .toList();
  }

  private static End end(Pod pod) {
    var name = new PodRef(pod.namespace(), pod.name());
    List<Address> addresses =
        pod.ips().stream().map(Address::parse).filter(Objects::nonNull).toList();
    return new End(name.toString(), name, addresses);
  }

  /** Every port a pod declares; web servers' one if none declares any. */
  public static List<PortSpec> ports(Collection<Pod> pods) {
    var ports = new TreeSet<PortSpec>();
    for (Pod pod : pods) {
      for (Pod.ContainerPort port : pod.ports()) {
        Protocol protocol = Protocol.named(port.protocol());
        if (protocol != null) {
          ports.add(new PortSpec(protocol, port.port()));
        }
      }
    }
    return ports.isEmpty() ? List.of(WEB) : List.copyOf(ports);
  }
}
