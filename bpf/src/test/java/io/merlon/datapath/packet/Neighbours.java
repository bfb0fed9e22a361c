package io.merlon.datapath.packet;

import io.merlon.datapath.harness.Address;

/** IPv6 neighbour discovery and multicast listener messages, correct in every field that counts. */
public final class Neighbours {
  public static final int ROUTER_SOLICITATION = 133;
  public static final int ROUTER_ADVERTISEMENT = 134;
  public static final int SOLICITATION = 135;
  public static final int ADVERTISEMENT = 136;
  public static final int REDIRECT = 137;
  public static final int LISTENER_REPORT_V2 = 143;

  private Neighbours() {}

  /** A neighbour discovery message of this type. */
  public static Packet discovery(int type, Address from, Address to) {
    return Packet.between(from, to).icmp(type, 0, 0, new byte[16]).hops(255);
  }

  /** A multicast listener message of this type. */
  public static Packet listener(int type, Address from, Address to) {
    Extension alert = new Extension.Options(Extension.HOP_BY_HOP, 0);
    return Packet.between(from, to).icmp(type, 0, 0, new byte[20]).hops(1).extension(alert);
  }
}
