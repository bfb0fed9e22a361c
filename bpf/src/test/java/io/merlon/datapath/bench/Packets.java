package io.merlon.datapath.bench;

import io.merlon.datapath.IpAddress;
import java.nio.ByteBuffer;

/** The benchmark's frames: 100 bytes from one end to another. */
final class Packets {
  static final int TCP = 6;
  static final int UDP = 17;
  static final int SYN = 0x02;
  static final int SYN_ACK = 0x12;
  static final int ACK = 0x10;

  static final int LENGTH = 100;
  private static final int ETHERNET = 14;

  /** One end of a flow. */
  record End(IpAddress address, int port) {}

  private Packets() {}

  static byte[] tcp(End source, End destination, int flags) {
    byte[] frame = new byte[LENGTH];
    write(frame, source, destination, TCP).putLong(0).put((byte) 0x50).put((byte) flags);
    return frame;
  }

  static byte[] udp(End source, End destination) {
    byte[] frame = new byte[LENGTH];
    ByteBuffer out = write(frame, source, destination, UDP);
    out.putShort((short) (out.remaining() + 4));
    return frame;
  }

  /** Where the source port is in a frame. */
  static int sourcePortAt(boolean v6) {
    return ETHERNET + (v6 ? 40 : 20);
  }

  /** Where the destination address begins. */
  static int destinationAt(boolean v6) {
    return ETHERNET + (v6 ? 24 : 16);
  }

  private static ByteBuffer write(byte[] frame, End source, End destination, int protocol) {
    boolean v6 = source.address().v6();
    ByteBuffer out = ByteBuffer.wrap(frame);
    out.putShort(ETHERNET - 2, (short) (v6 ? 0x86dd : 0x0800)).position(ETHERNET);
    if (v6) {
      out.putInt(0x60000000).putShort((short) (LENGTH - ETHERNET - 40));
      out.put((byte) protocol).put((byte) 64);
    } else {
      out.putShort((short) 0x4500).putShort((short) (LENGTH - ETHERNET)).putInt(0);
      out.put((byte) 64).put((byte) protocol).putShort((short) 0);
    }
    out.put(source.address().bytes()).put(destination.address().bytes());
    return out.putShort((short) source.port()).putShort((short) destination.port());
  }
}
