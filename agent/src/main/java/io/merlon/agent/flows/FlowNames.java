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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who was at the ends of some flows when they began.
 *
 * @param ends in the order of the flows
 */
public record FlowNames(List<Ends> ends) {
  private static final int TCP = 6;
  private static final int UDP = 17;
  private static final int SCTP = 132;

  public FlowNames {
    ends = List.copyOf(ends);
  }

  /**
   * The ends of one.
   *
   * @param pod nothing, as with the peer, if nobody knows any more who had the address then
   * @param service at the peer's address and port, as namespace/name
   */
  public record Ends(
      Optional<AddressOwner> pod, Optional<AddressOwner> peer, Optional<String> service) {
    /** The pod's end of the flow. */
    FlowEnd pod(Event event, CompiledPolicy policy) {
      return end(address(event.pod()), event.podPort(), pod, Optional.empty(), policy);
    }

    FlowEnd peer(Event event, CompiledPolicy policy) {
      return end(address(event.peer()), event.peerPort(), peer, service, policy);
    }
  }

  /** Looks them all up; on the loop's thread. */
  static FlowNames of(List<Group> groups, NameBook book) {
    Map<Address, AddressOwner> owners = new HashMap<>();
    List<Ends> ends = new ArrayList<>(groups.size());
    for (Group group : groups) {
      Event event = group.first;
      Address peer = address(event.peer());
      Optional<AddressOwner> atPeer = owner(peer, group.began, owners, book);
      ends.add(
          new Ends(
              owner(address(event.pod()), group.began, owners, book),
              atPeer,
              atPeer.filter(owner -> owner instanceof AddressOwner.Outside).isPresent()
                  ? book.service(peer, protocol(event.protocol()), event.peerPort())
                  : Optional.empty()));
    }
    return new FlowNames(ends);
  }

  private static Optional<AddressOwner> owner(
      Address address, long when, Map<Address, AddressOwner> now, NameBook book) {
    return book.hasChanged(address, when)
        ? book.formerOwner(address, when)
        : Optional.of(now.computeIfAbsent(address, book::owner));
  }

  private static Address address(IpAddress address) {
    return address.v6()
        ? new Address.V6(address.high(), address.low())
        : new Address.V4((int) address.low());
  }

  private static Protocol protocol(int number) {
    return switch (number) {
      case TCP -> Protocol.TCP;
      case UDP -> Protocol.UDP;
      case SCTP -> Protocol.SCTP;
      default -> Protocol.OTHER;
    };
  }

  private static FlowEnd end(
      Address address,
      int port,
      Optional<AddressOwner> owner,
      Optional<String> service,
      CompiledPolicy policy) {
    if (owner.isEmpty()) {
      return FlowEnd.unnamed(address, port, "unknown", "");
    }
    return switch (owner.get()) {
      case AddressOwner.OfPod pod -> pod(address, port, pod, policy);
      case AddressOwner.OfNode(String node) ->
          new FlowEnd(address, port, "node", "", node, "", "", "", "", node);
      case AddressOwner.Outside() ->
          service
              .map(name -> service(address, port, name))
              .orElseGet(() -> outside(address, port, policy));
    };
  }

  private static FlowEnd service(Address address, int port, String name) {
    int slash = name.indexOf('/');
    return new FlowEnd(
        address,
        port,
        "service",
        name.substring(0, slash),
        name.substring(slash + 1),
        "",
        "",
        "",
        "",
        "");
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

  /** What has no name is known by the longest range policies speak of. */
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
