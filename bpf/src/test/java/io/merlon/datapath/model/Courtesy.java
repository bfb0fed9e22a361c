package io.merlon.datapath.model;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Cidr;
import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.Hook;

/**
 * Packets without which a pod has no network at all, and which policy therefore never sees. None of
 * them has a reason to come in fragments (RFC 6980).
 */
final class Courtesy {
  private static final Address ANY = Address.of("0.0.0.0");
  private static final Address BROADCAST = Address.of("255.255.255.255");
  private static final Cidr LINK_GROUPS = Cidr.of("ff02::/16");
  private static final Address DHCP_SERVERS = Address.of("ff02::1:2");

  private Courtesy() {}

  static boolean isNeighbourDiscovery(Passage passage) {
    if (!isIcmp6(passage) || passage.datagram().hops() != 255) {
      return false;
    }
    if (passage.datagram().transport().code() != 0) {
      return false;
    }
    return switch (passage.datagram().transport().type()) {
      case 133, 135, 136 ->
          passage.hook() == Hook.TO_POD || staysOnTheLink(passage.datagram().destination());
      case 134, 137 -> passage.hook() == Hook.TO_POD;
      default -> false;
    };
  }

  private static boolean staysOnTheLink(Address destination) {
    return destination.isLinkLocal() || LINK_GROUPS.contains(destination);
  }

  /** Whether a pod may say so without anybody knowing its addresses yet. */
  static boolean needsNoAddress(Address source) {
    return source.isUnspecified() || source.isLinkLocal();
  }

  static boolean isListenerReport(Passage passage) {
    if (!isIcmp6(passage) || passage.datagram().hops() != 1) {
      return false;
    }
    boolean type =
        switch (passage.datagram().transport().type()) {
          case 130, 131, 132, 143 -> true;
          default -> false;
        };
    return type
        && passage.datagram().destination().isMulticast6()
        && needsNoAddress(passage.datagram().source());
  }

  static boolean isDhcpRequest(Passage passage) {
    Datagram datagram = passage.datagram();
    if (datagram.protocol() != Protocol.UDP || datagram.fragment() != null) {
      return false;
    }
    int source = datagram.transport().sourcePort();
    int destination = datagram.transport().destinationPort();
    if (datagram.family() == Family.V4) {
      return datagram.source().equals(ANY)
          && datagram.destination().equals(BROADCAST)
          && source == 68
          && destination == 67;
    }
    return datagram.source().isLinkLocal()
        && datagram.destination().equals(DHCP_SERVERS)
        && source == 546
        && destination == 547;
  }

  private static boolean isIcmp6(Passage passage) {
    Datagram datagram = passage.datagram();
    return datagram.family() == Family.V6
        && datagram.protocol() == Protocol.ICMPV6
        && datagram.fragment() == null;
  }
}
