package io.merlon.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The wanted bytes of a read-only variable of an object. */
record Constant(String variable, ByteBuffer bytes) {
  static <T> Constant of(String variable, Codec<T> codec, T value) {
    ByteBuffer bytes = ByteBuffer.allocate(codec.size()).order(ByteOrder.LITTLE_ENDIAN);
    codec.encode(value, bytes);
    return new Constant(variable, bytes.flip().asReadOnlyBuffer());
  }
}
