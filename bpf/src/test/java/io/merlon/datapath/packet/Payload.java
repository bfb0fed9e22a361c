package io.merlon.datapath.packet;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Family;
import java.nio.ByteBuffer;

/** What an IP packet carries. */
@SuppressWarnings("ArrayRecordComponent") // payloads are compared by nobody
public sealed interface Payload {
  int TCP = 6;
  int UDP = 17;
  int ICMP = 1;
  int ICMPV6 = 58;
  int SCTP = 132;

  int FIN = 0x01;
  int SYN = 0x02;
  int RST = 0x04;
  int PSH = 0x08;
  int ACK = 0x10;

  int protocol();

  /** The bytes on the wire, checksum included. */
  byte[] bytes(Address source, Address destination);

  /** TCP, with this many bytes of options (a multiple of four) and of data. */
  record Tcp(int sourcePort, int destinationPort, int flags, int options, int data)
      implements Payload {
    @Override
    public int protocol() {
      return TCP;
    }

    @Override
    public byte[] bytes(Address source, Address destination) {
      ByteBuffer out = ByteBuffer.allocate(20 + options + data);
      out.putShort((short) sourcePort).putShort((short) destinationPort);
      out.putInt(0x01020304).putInt(0x05060708);
      out.put((byte) ((5 + options / 4) << 4)).put((byte) flags).putShort((short) 0x7210);
      for (int i = 0; i < options; i++) {
        out.put(20 + i, (byte) 1);
      }
      int sum = Checksum.of(out.array(), source, destination, TCP);
      return out.putShort(16, (short) sum).array();
    }
  }

  /** UDP. */
  record Udp(int sourcePort, int destinationPort, int data) implements Payload {
    @Override
    public int protocol() {
      return UDP;
    }

    @Override
    public byte[] bytes(Address source, Address destination) {
      ByteBuffer out = ByteBuffer.allocate(8 + data);
      out.putShort((short) sourcePort).putShort((short) destinationPort);
      out.putShort((short) (8 + data));
      int sum = Checksum.of(out.array(), source, destination, UDP);
      return out.putShort(6, (short) (sum == 0 ? 0xffff : sum)).array();
    }
  }

  /** SCTP: its header and, unless the type is negative, the header of a first chunk. */
  record Sctp(int sourcePort, int destinationPort, int chunkType, int data) implements Payload {
    public static final int DATA = 0;
    public static final int INIT = 1;
    public static final int INIT_ACK = 2;
    public static final int ABORT = 6;
    public static final int SHUTDOWN_COMPLETE = 14;

    @Override
    public int protocol() {
      return SCTP;
    }

    @Override
    public byte[] bytes(Address source, Address destination) {
      ByteBuffer out = ByteBuffer.allocate(12 + (chunkType < 0 ? 0 : 4 + data));
      out.putShort((short) sourcePort).putShort((short) destinationPort);
      if (chunkType >= 0) {
        out.put(12, (byte) chunkType).putShort(14, (short) (4 + data));
      }
      return out.array();
    }
  }

  /** ICMP of the family its addresses have; the rest of the header is for the type to say. */
  record Icmp(Family family, int type, int code, int rest, byte[] body) implements Payload {
    @Override
    public int protocol() {
      return family == Family.V4 ? ICMP : ICMPV6;
    }

    @Override
    public byte[] bytes(Address source, Address destination) {
      ByteBuffer out = ByteBuffer.allocate(8 + body.length);
      out.put((byte) type).put((byte) code).putInt(4, rest).put(8, body);
      int sum =
          family == Family.V4
              ? Checksum.of(out.array())
              : Checksum.of(out.array(), source, destination, ICMPV6);
      return out.putShort(2, (short) sum).array();
    }
  }

  /** Any protocol, any bytes. */
  record Opaque(int protocol, byte[] body) implements Payload {
    @Override
    public byte[] bytes(Address source, Address destination) {
      return body.clone();
    }
  }
}
