package io.merlon.agent.watch;

import io.merlon.agent.api.IntOrString;
import io.merlon.agent.api.Service;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A service while it is read, with what only matters where no controller has worked on it. */
final class ServiceDraft {
  ObjectMeta meta = new ObjectMeta();
  String type = "ClusterIP";
  Map<String, String> selector = Map.of();
  @Nullable String clusterIp;
  List<String> clusterIps = List.of();
  List<String> externalIps = List.of();
  final List<String> loadBalancerIps = new ArrayList<>();
  List<String> ipFamilies = List.of();
  String ipFamilyPolicy = "";
  List<PortDraft> ports = List.of();

  boolean headless() {
    return "None".equals(clusterIp) || clusterIps.contains("None");
  }

  /** Whether it should have a virtual address and none is written. */
  boolean lacksAddress() {
    return !type.equals("ExternalName") && !headless() && clusterAddresses().isEmpty();
  }

  Service service(List<String> assigned) {
    Set<String> addresses = new LinkedHashSet<>();
    Set<String> external = new LinkedHashSet<>();
    // Of others nobody translates any address, whatever they name.
    if (!headless() && !type.equals("ExternalName")) {
      addresses.addAll(clusterAddresses());
      addresses.addAll(assigned);
      external.addAll(externalIps);
      external.addAll(loadBalancerIps);
      addresses.addAll(external);
    }
    return new Service(
        meta.namespace,
        meta.name,
        type,
        List.copyOf(addresses),
        List.copyOf(external),
        ports.stream().map(PortDraft::port).toList());
  }

  private Set<String> clusterAddresses() {
    Set<String> addresses = new LinkedHashSet<>(clusterIps);
    if (clusterIp != null) {
      addresses.add(clusterIp);
    }
    addresses.remove("");
    return addresses;
  }

  /** A service port and where it leads: nowhere named means the same number. */
  record PortDraft(Service.Port port, @Nullable IntOrString target) {}
}
