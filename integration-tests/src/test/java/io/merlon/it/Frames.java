package io.merlon.it;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Frames written by hand, from one address to another, as whoever may open a raw socket in a pod
 * can send them.
 *
 * @param from what they claim to come from
 */
record Frames(InetAddress from, InetAddress to) {
  static final int TCP = 6;
  static final int UDP = 17;
  static final int SCTP = 132;

  static final int FIN = 0x01;
  static final int SYN = 0x02;
  static final int RST = 0x04;
  static final int ACK = 0x10;

  private static final int ETHERNET = 14;
  private static final int HOPS = 64;

  private boolean six() {
    return from.getAddress().length == 16;
  }

  /** A TCP segment without data. */
  byte[] tcp(int fromPort, int toPort, int flags) {
    byte[] bytes = new byte[20];
    ByteBuffer segment = ByteBuffer.wrap(bytes);
    segment.putShort((short) fromPort).putShort((short) toPort);
    segment.putInt(1000).putInt((flags & ACK) != 0 ? 2000 : 0);
    segment.put((byte) 0x50).put((byte) flags).putShort((short) 0xffff).putInt(0);
    return packet(TCP, checked(TCP, bytes, 16));
  }

  /** A datagram of a few bytes. */
  byte[] udp(int fromPort, int toPort) {
    byte[] bytes = new byte[12];
    ByteBuffer datagram = ByteBuffer.wrap(bytes);
    datagram.putShort((short) fromPort).putShort((short) toPort);
    datagram.putShort((short) 12).putShort((short) 0).putInt(0x6d65726c);
    return packet(UDP, checked(UDP, bytes, 6));
  }

  /** The first packet of an SCTP association; its checksum is not looked at on the way. */
  byte[] sctp(int fromPort, int toPort) {
    ByteBuffer init = ByteBuffer.allocate(32);
    init.putShort((short) fromPort).putShort((short) toPort).putInt(0).putInt(0);
    init.putShort((short) 0x0100).putShort((short) 20).putInt(1).putInt(1 << 16);
    init.putShort((short) 1).putShort((short) 1).putInt(1);
    return packet(SCTP, init.array());
  }

  /** A last fragment of an IPv4 packet. */
  byte[] laterFragment(int protocol, byte[] payload) {
    return packet(protocol, payload, 100);
  }

  /** Any payload behind a proper header. */
  byte[] packet(int protocol, byte[] payload) {
    return packet(protocol, payload, 0);
  }

  private byte[] packet(int protocol, byte[] payload, int offset) {
    int header = six() ? 40 : 20;
    ByteBuffer out = ByteBuffer.allocate(ETHERNET + header + payload.length);
    out.put(new byte[12]).putShort((short) (six() ? 0x86dd : 0x0800));
    if (six()) {
      out.putInt(6 << 28).putShort((short) payload.length).put((byte) protocol).put((byte) HOPS);
    } else {
      out.putShort((short) 0x4500).putShort((short) (header + payload.length));
      out.putShort((short) 0).putShort((short) offset).put((byte) HOPS);
      out.put((byte) protocol).putShort((short) 0);
    }
    out.put(from.getAddress()).put(to.getAddress());
    if (!six()) {
      out.putShort(ETHERNET + 10, (short) ~sum(out.array(), ETHERNET, header, 0));
    }
    return out.put(payload).array();
  }

  private byte[] checked(int protocol, byte[] bytes, int at) {
    int sum = sum(from.getAddress(), 0, from.getAddress().length, protocol + bytes.length);
    sum = sum(to.getAddress(), 0, to.getAddress().length, sum);
    ByteBuffer.wrap(bytes).putShort(at, (short) ~sum(bytes, 0, bytes.length, sum));
    return bytes;
  }

  /** The ones' complement sum (RFC 1071). */
  private static int sum(byte[] bytes, int from, int length, int begin) {
    int sum = begin;
    for (int i = 0; i < length; i += 2) {
      int high = bytes[from + i] & 0xff;
      int low = i + 1 < length ? bytes[from + i + 1] & 0xff : 0;
      sum += high << 8 | low;
    }
    while (sum >> 16 != 0) {
      sum = (sum & 0xffff) + (sum >> 16);
    }
    return sum;
  }
}
