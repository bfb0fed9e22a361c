package io.merlon.datapath.bench;

import io.merlon.datapath.CidrKey;
import io.merlon.datapath.Datapath;
import io.merlon.datapath.IpAddress;
import io.merlon.datapath.Peer;
import java.util.HashMap;
import java.util.Map;

/**
 * Peers of each family, one after the other: addresses of their own, or one in each of as many
 * CIDRs (/24, /64).
 */
record Peers(int count, boolean cidrs) {
  /** Classes they are spread over, all alike to policy. */
  static final int CLASSES = 50;

  private static final int BASE4 = 0x20000001;
  private static final long BASE6 = 0x20010db800000000L;

  static Peers addresses(int count) {
    return new Peers(count, false);
  }

  static Peers cidrs(int count) {
    return new Peers(count, true);
  }

  IpAddress address(int index, boolean v6) {
    return v6 ? IpAddress.v6(BASE6 + index, 1) : IpAddress.v4(BASE4 + (index << shift(false)));
  }

  /** How far left in the word that tells peers apart. */
  int shift(boolean v6) {
    return cidrs && !v6 ? 8 : 0;
  }

  /** The word that tells peers apart, of the first of them. */
  int base(boolean v6) {
    return v6 ? (int) BASE6 : BASE4;
  }

  /** Where in the address that word is. */
  int wordAt(boolean v6) {
    return v6 ? 4 : 0;
  }

  void fill(Datapath datapath, boolean v6) {
    if (cidrs) {
      Map<CidrKey, Peer> entries = new HashMap<>();
      for (int i = 0; i < count; i++) {
        entries.put(prefix(address(i, v6)), Peer.of(1 + i % CLASSES));
      }
      datapath.cidrs(v6).batch().putAll(entries);
    } else {
      Map<IpAddress, Peer> entries = new HashMap<>();
      for (int i = 0; i < count; i++) {
        entries.put(address(i, v6), Peer.of(1 + i % CLASSES));
      }
      datapath.addresses(v6).batch().putAll(entries);
    }
  }

  private static CidrKey prefix(IpAddress address) {
    return address.v6()
        ? new CidrKey(IpAddress.v6(address.high(), 0), 64)
        : new CidrKey(IpAddress.v4((int) address.low() & ~0xff), 24);
  }
}
