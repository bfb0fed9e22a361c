package io.merlon.agent.lab;

import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.interfaces.VpcCniNaming;
import java.util.ArrayList;
import java.util.List;

/**
 * A pod as a network namespace, wired as the VPC CNI wires pods: a veth pair and no bridge; the
 * host side's name follows from the pod's; routes to single addresses; a link-local gateway that
 * nobody owns, with a permanent neighbour entry. A pod of the host network is its node's namespace.
 */
final class LabPod implements AutoCloseable {
  private final LabNamespace node;
  private final LabNamespace namespace;
  private final String device;

  private LabPod(LabNamespace node, LabNamespace namespace, String device) {
    this.node = node;
    this.namespace = namespace;
    this.device = device;
  }

  static LabPod ofHostNetwork(LabNamespace node) {
    return new LabPod(node, node, "");
  }

  /**
   * Makes it.
   *
   * @param number any that no other pod of the node has
   */
  static LabPod create(LabNamespace node, PodRef name, List<Address> addresses, int number) {
    String device = VpcCniNaming.EKS.hostInterface(name);
    LabNamespace inside = LabNamespace.create(name.namespace() + "." + name.name());
    String mac = "0a:58:00:00:%02x:%02x".formatted(number >> 8 & 0xff, number & 0xff);
    List<String> host = new ArrayList<>();
    host.add(
        "link add %s address %s type veth peer name eth0 netns %s"
            .formatted(device, mac, inside.name()));
    host.add("link set " + device + " up");
    List<String> pod = new ArrayList<>(List.of("link set eth0 up"));
    for (Address address : addresses) {
      String single = Fabric.single(address);
      host.add("route add " + single + " dev " + device + (address.isV6() ? "" : " scope link"));
      pod.add("address add " + single + " dev eth0" + (address.isV6() ? " nodad" : ""));
    }
    pod.addAll(Fabric.gateways(mac));
    node.ip(host);
    inside.ip(pod);
    return new LabPod(node, inside, device);
  }

  /** Where its sockets are opened. */
  LabNamespace namespace() {
    return namespace;
  }

  private boolean ofHostNetwork() {
    return namespace.equals(node);
  }

  /** The host side is deleted by name: the namespace itself may take a while to go. */
  @Override
  public void close() {
    if (!ofHostNetwork()) {
      node.ip("link del " + device);
      namespace.close();
    }
  }
}
