package io.merlon.agent.flows;

import io.merlon.agent.compile.AddressOwner;
import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.flows.FlowWindow.Group;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.Cidr;
import io.merlon.agent.identity.Identity;
import io.merlon.agent.observe.NameBook;
import io.merlon.agent.policy.Protocol;
import io.merlon.datapath.Event;
import io.merlon.datapath.IpAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who is at the ends of some flows.
 *
 * @param owners by address
 * @param services by address, protocol and port
 */
public record FlowNames(Map<Address, AddressOwner> owners, Map<Service, String> services) {
  private static final int TCP = 6;
  private static final int UDP = 17;
  private static final int SCTP = 132;

  public FlowNames {
    owners = Map.copyOf(owners);
    services = Map.copyOf(services);
  }

  /** A virtual address. */
  public record Service(Address address, Protocol protocol, int port) {}

  /** Looks them all up; on the loop's thread. */
  static FlowNames of(List<Group> groups, NameBook book) {
    Map<Address, AddressOwner> owners = new HashMap<>();
    Map<Service, String> services = new HashMap<>();
    for (Group group : groups) {
      Event event = group.first;
      Address peer = address(event.peer());
      owners.computeIfAbsent(address(event.pod()), book::owner);
      if (owners.computeIfAbsent(peer, book::owner) instanceof AddressOwner.Outside) {
        Protocol protocol = protocol(event.protocol());
        book.service(peer, protocol, event.peerPort())
            .ifPresent(name -> services.put(new Service(peer, protocol, event.peerPort()), name));
      }
    }
    return new FlowNames(owners, services);
  }

  static Address address(IpAddress address) {
    return address.v6()
        ? new Address.V6(address.high(), address.low())
        : new Address.V4((int) address.low());
  }

  static Protocol protocol(int number) {
    return switch (number) {
      case TCP -> Protocol.TCP;
      case UDP -> Protocol.UDP;
      case SCTP -> Protocol.SCTP;
      default -> Protocol.OTHER;
    };
  }

  /** The end at an address; what has no name is known by the longest range policies speak of. */
  FlowEnd end(Address address, int port, int protocol, CompiledPolicy policy) {
    return switch (owners.getOrDefault(address, new AddressOwner.Outside())) {
      case AddressOwner.OfPod pod -> pod(address, port, pod, policy);
      case AddressOwner.OfNode(String node) ->
          new FlowEnd(address, port, "node", "", node, "", "", "", "", node);
      case AddressOwner.Outside() -> {
        String service = services.get(new Service(address, protocol(protocol), port));
        yield service == null
            ? outside(address, port, policy)
            : new FlowEnd(
                address,
                port,
                "service",
                service.substring(0, service.indexOf('/')),
                service.substring(service.indexOf('/') + 1),
                "",
                "",
                "",
                "",
                "");
      }
    };
  }

  private static FlowEnd pod(
      Address address, int port, AddressOwner.OfPod pod, CompiledPolicy policy) {
    String namespace = pod.pod().namespace();
    return new FlowEnd(
        address,
        port,
        "pod",
        namespace,
        pod.pod().name(),
        pod.workload().name(),
        pod.serviceAccount(),
        pod.role() == null ? "" : pod.role().arn(),
        pod.serviceAccount().isEmpty()
            ? ""
            : Identity.spiffeId(policy.options().trustDomain(), namespace, pod.serviceAccount()),
        pod.node() == null ? "" : pod.node());
  }

  private static FlowEnd outside(Address address, int port, CompiledPolicy policy) {
    for (int length = address.bits(); length > 0; length--) {
      Cidr cidr = new Cidr(address, length);
      if (policy.addresses().prefixes().containsKey(cidr)) {
        return FlowEnd.unnamed(address, port, "cidr", cidr.toString());
      }
    }
    return FlowEnd.unnamed(address, port, "outside", "");
  }
}
