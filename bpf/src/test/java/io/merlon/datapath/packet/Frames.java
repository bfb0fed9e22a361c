package io.merlon.datapath.packet;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Frame;
import java.nio.ByteBuffer;
import java.util.List;

/** Ethernet headers, and frames that carry no IP. */
public final class Frames {
  public static final int IPV4 = 0x0800;
  public static final int ARP = 0x0806;
  public static final int IPV6 = 0x86dd;
  private static final byte[] MACS = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1};

  private Frames() {}

  /** An Ethernet header with VLAN tags of these ethertypes, outermost first. */
  public static byte[] header(List<Integer> tags, int ethertype) {
    ByteBuffer out = ByteBuffer.allocate(14 + 4 * tags.size()).put(MACS);
    int vlan = 100;
    for (int tag : tags) {
      out.putShort((short) tag).putShort((short) vlan++);
    }
    return out.putShort((short) ethertype).array();
  }

  /** Any ethertype before so many zeros. */
  public static Frame of(int ethertype, int length, Integer... tags) {
    byte[] header = header(List.of(tags), ethertype);
    return Frame.of(ByteBuffer.allocate(header.length + length).put(header).array());
  }

  /** An ARP request. */
  public static Frame arp(Address from, Address about, Integer... tags) {
    Frame frame = of(ARP, 28, tags);
    ByteBuffer body = ByteBuffer.wrap(frame.bytes()).position(frame.bytes().length - 28);
    body.putShort((short) 1).putShort((short) IPV4).put((byte) 6).put((byte) 4);
    body.putShort((short) 1).put(MACS, 6, 6).put(from.wire()).put(new byte[6]).put(about.wire());
    return frame;
  }
}
