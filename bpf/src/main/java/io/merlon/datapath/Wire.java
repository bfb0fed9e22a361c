package io.merlon.datapath;

import java.nio.ByteBuffer;

/** Network order in a little-endian buffer. */
final class Wire {
  private Wire() {}

  static long big(long value) {
    return Long.reverseBytes(value);
  }

  static int big(int value) {
    return Integer.reverseBytes(value);
  }

  static void putPort(ByteBuffer out, int port) {
    out.putShort(Short.reverseBytes((short) port));
  }

  static int port(ByteBuffer in) {
    return Short.reverseBytes(in.getShort()) & 0xffff;
  }

  static int u8(ByteBuffer in) {
    return in.get() & 0xff;
  }

  static int u16(ByteBuffer in) {
    return in.getShort() & 0xffff;
  }

  static void skip(ByteBuffer buffer, int bytes) {
    buffer.position(buffer.position() + bytes);
  }

  static void pad(ByteBuffer out, int bytes) {
    for (int i = 0; i < bytes; i++) {
      out.put((byte) 0);
    }
  }
}
