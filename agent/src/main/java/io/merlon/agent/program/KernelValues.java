package io.merlon.agent.program;

import io.merlon.agent.compile.PeerClass;
import io.merlon.agent.compile.ServiceKey;
import io.merlon.agent.compile.ServiceTarget;
import io.merlon.agent.identity.Address;
import io.merlon.agent.plan.Endpoint;
import io.merlon.agent.policy.Protocol;
import io.merlon.bpf.BpfException;
import io.merlon.datapath.IpAddress;
import io.merlon.datapath.Mode;
import io.merlon.datapath.Peer;
import io.merlon.datapath.Service;
import java.util.Comparator;
import java.util.List;

/** The compiler's values as the kernel's. */
final class KernelValues {
  private KernelValues() {}

  static IpAddress address(Address address) {
    return address.isV6()
        ? IpAddress.v6(address.high(), address.low())
        : IpAddress.v4((int) address.low());
  }

  static Address address(IpAddress address) {
    return address.v6()
        ? new Address.V6(address.high(), address.low())
        : new Address.V4((int) address.low());
  }

  static io.merlon.agent.compile.Mode mode(Mode mode) {
    return switch (mode) {
      case ENFORCE -> io.merlon.agent.compile.Mode.ENFORCE;
      case AUDIT -> io.merlon.agent.compile.Mode.AUDIT;
      case OBSERVE -> io.merlon.agent.compile.Mode.OBSERVE;
    };
  }

  static Mode mode(io.merlon.agent.compile.Mode mode) {
    return switch (mode) {
      case ENFORCE -> Mode.ENFORCE;
      case AUDIT -> Mode.AUDIT;
      case OBSERVE -> Mode.OBSERVE;
    };
  }

  /** The class of an address; {@code ifindex} is that of the local pod that owns it, or 0. */
  static Peer peer(int peerClass, int ifindex) {
    boolean node = peerClass == PeerClass.OWN_NODE;
    return new Peer(node ? 0 : peerClass, node, false, ifindex);
  }

  static int peerClass(Peer peer) {
    return peer.node() ? PeerClass.OWN_NODE : peer.peerClass();
  }

  static Endpoint endpoint(io.merlon.datapath.Endpoint endpoint) {
    return new Endpoint(
        endpoint.subject(),
        mode(endpoint.mode()),
        endpoint.end(),
        endpoint.addresses().stream().map(KernelValues::address).toList());
  }

  /** As it is read back: IPv4 addresses first. A pod has at most two of each family. */
  static io.merlon.datapath.Endpoint endpoint(Endpoint endpoint) {
    List<IpAddress> addresses =
        endpoint.addresses().stream()
            .map(KernelValues::address)
            .sorted(Comparator.comparing(IpAddress::v6))
            .toList();
    try {
      return new io.merlon.datapath.Endpoint(
          endpoint.subject(), mode(endpoint.mode()), false, endpoint.end(), addresses);
    } catch (IllegalArgumentException e) {
      throw new BpfException("endpoint with " + addresses + ": " + e.getMessage());
    }
  }

  static ServiceKey key(io.merlon.datapath.ServiceKey key) {
    return new ServiceKey(address(key.address()), protocol(key.protocol()), key.port());
  }

  static ServiceTarget target(Service service) {
    if (service.mixed()) {
      return new ServiceTarget.Mixed();
    }
    int peerClass = service.node() ? PeerClass.OWN_NODE : service.peerClass();
    return new ServiceTarget.Uniform(peerClass, service.port());
  }

  static io.merlon.datapath.ServiceKey key(ServiceKey key) {
    return new io.merlon.datapath.ServiceKey(
        address(key.address()), key.port(), number(key.protocol()));
  }

  static Service service(ServiceTarget target) {
    return switch (target) {
      case ServiceTarget.Mixed() -> new Service(0, false, 0, true);
      case ServiceTarget.Uniform(int peerClass, int port) -> {
        boolean node = peerClass == PeerClass.OWN_NODE;
        yield new Service(node ? 0 : peerClass, node, port, false);
      }
    };
  }

  private static int number(Protocol protocol) {
    return switch (protocol) {
      case TCP -> 6;
      case UDP -> 17;
      case SCTP -> 132;
      case OTHER -> throw new IllegalArgumentException("a service has no port of " + protocol);
    };
  }

  private static Protocol protocol(int number) {
    return switch (number) {
      case 6 -> Protocol.TCP;
      case 17 -> Protocol.UDP;
      case 132 -> Protocol.SCTP;
      default -> throw new IllegalArgumentException("a service of protocol " + number);
    };
  }
}
