package io.merlon.agent.program;

import io.merlon.agent.compile.PeerClass;
import io.merlon.agent.compile.ServiceKey;
import io.merlon.agent.compile.ServiceTarget;
import io.merlon.agent.identity.Address;
import io.merlon.agent.policy.Protocol;
import io.merlon.datapath.IpAddress;
import io.merlon.datapath.Mode;
import io.merlon.datapath.Peer;
import io.merlon.datapath.Service;

/** The compiler's values as the kernel's. */
final class KernelValues {
  private KernelValues() {}

  static IpAddress address(Address address) {
    return address.isV6()
        ? IpAddress.v6(address.high(), address.low())
        : IpAddress.v4((int) address.low());
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
}
