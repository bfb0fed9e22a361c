package io.merlon.datapath.packet;

import io.merlon.datapath.harness.Address;
import java.nio.ByteBuffer;

/** The internet checksum, with or without the pseudo header. */
final class Checksum {
  private Checksum() {}

  static int of(byte[] bytes) {
    return fold(sum(bytes));
  }

  /** Over the pseudo header of either family and the payload. */
  static int of(byte[] payload, Address source, Address destination, int protocol) {
    return fold(
        sum(payload) + sum(source.wire()) + sum(destination.wire()) + protocol + payload.length);
  }

  private static long sum(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    long sum = 0;
    while (buffer.remaining() > 1) {
      sum += Short.toUnsignedInt(buffer.getShort());
    }
    return buffer.hasRemaining() ? sum + (Byte.toUnsignedInt(buffer.get()) << 8) : sum;
  }

  private static int fold(long sum) {
    long folded = sum;
    while (folded >>> 16 != 0) {
      folded = (folded & 0xffff) + (folded >>> 16);
    }
    return (int) ~folded & 0xffff;
  }
}
