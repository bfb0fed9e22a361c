package io.merlon.datapath.packet;

import java.nio.ByteBuffer;

/** An IPv6 extension header; the next header's number is written by the packet. */
public sealed interface Extension {
  int HOP_BY_HOP = 0;
  int ROUTING = 43;
  int FRAGMENT = 44;
  int AUTHENTICATION = 51;
  int DESTINATION = 60;

  int number();

  byte[] bytes(int next);

  /** Hop-by-hop or destination options, this many units of eight bytes beyond the first. */
  record Options(int number, int units) implements Extension {
    @Override
    public byte[] bytes(int next) {
      ByteBuffer out = ByteBuffer.allocate(8 + units * 8).put((byte) next).put((byte) units);
      // One PadN option as far as it reaches, then Pad1s, which are zeros.
      return out.put((byte) 1).put((byte) Math.min(255, 4 + units * 8)).array();
    }
  }

  /** A type 2 routing header. */
  record Routing(int segmentsLeft, int units) implements Extension {
    @Override
    public int number() {
      return ROUTING;
    }

    @Override
    public byte[] bytes(int next) {
      ByteBuffer out = ByteBuffer.allocate(8 + units * 8).put((byte) next).put((byte) units);
      return out.put((byte) 2).put((byte) segmentsLeft).array();
    }
  }

  /** A fragment header; the offset counts units of eight bytes. */
  record Fragment(int offset, boolean more, int id) implements Extension {
    @Override
    public int number() {
      return FRAGMENT;
    }

    @Override
    public byte[] bytes(int next) {
      ByteBuffer out = ByteBuffer.allocate(8).put((byte) next).put((byte) 0);
      return out.putShort((short) (offset << 3 | (more ? 1 : 0))).putInt(id).array();
    }
  }

  /** An authentication header, this many words of four bytes beyond the first two. */
  record Authentication(int words) implements Extension {
    @Override
    public int number() {
      return AUTHENTICATION;
    }

    @Override
    public byte[] bytes(int next) {
      ByteBuffer out = ByteBuffer.allocate(8 + words * 4).put((byte) next);
      return out.put((byte) words).array();
    }
  }
}
