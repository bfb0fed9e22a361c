package io.merlon.datapath.model;

import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.ProtocolGroup;

/** Assigned protocol numbers. */
final class Protocol {
  static final int HOP_BY_HOP = 0;
  static final int ICMP = 1;
  static final int TCP = 6;
  static final int UDP = 17;
  static final int ROUTING = 43;
  static final int FRAGMENT = 44;
  static final int AUTHENTICATION = 51;
  static final int ICMPV6 = 58;
  static final int DESTINATION = 60;
  static final int SCTP = 132;

  private Protocol() {}

  static boolean isIcmp(int protocol, Family family) {
    return protocol == (family == Family.V4 ? ICMP : ICMPV6);
  }

  /** Whether some of its packets open a flow and others do not. */
  static boolean hasOpenings(int protocol) {
    return protocol == TCP || protocol == SCTP;
  }

  static boolean isExtension(int protocol) {
    return switch (protocol) {
      case HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, DESTINATION -> true;
      default -> false;
    };
  }

  static ProtocolGroup group(int protocol) {
    return switch (protocol) {
      case TCP -> ProtocolGroup.TCP;
      case UDP -> ProtocolGroup.UDP;
      case SCTP -> ProtocolGroup.SCTP;
      default -> ProtocolGroup.OTHER;
    };
  }
}
