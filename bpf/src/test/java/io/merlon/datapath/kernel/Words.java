package io.merlon.datapath.kernel;

import io.merlon.datapath.harness.Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The fields of one C struct, written one after the other. */
final class Words {
  private final ByteBuffer out;

  Words(int size) {
    out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A struct to be read. */
  static ByteBuffer reading(byte[] struct) {
    return ByteBuffer.wrap(struct).order(ByteOrder.LITTLE_ENDIAN);
  }

  Words u8(int value) {
    out.put((byte) value);
    return this;
  }

  Words u16(int value) {
    out.putShort((short) value);
    return this;
  }

  Words u32(int value) {
    out.putInt(value);
    return this;
  }

  /** A port in network order. */
  Words be16(int value) {
    out.put((byte) (value >> 8)).put((byte) value);
    return this;
  }

  Words address(Address address) {
    out.put(address.wire());
    return this;
  }

  Words skip(int bytes) {
    out.position(out.position() + bytes);
    return this;
  }

  byte[] bytes() {
    return out.array();
  }
}
