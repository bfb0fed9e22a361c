package io.merlon.bpf;

import java.nio.ByteBuffer;

/**
 * How a value lies in a map's memory. The buffer handed over is little-endian and has exactly
 * {@link #size} bytes remaining; both directions advance it by all of them, padding included, with
 * relative gets and puts. Neither may keep the buffer.
 */
public interface Codec<T> {
  int size();

  void encode(T value, ByteBuffer out);

  T decode(ByteBuffer in);

  /** One byte, 0 to 255. */
  static Codec<Integer> u8() {
    return Codecs.U8;
  }

  /** Two bytes, 0 to 65535. */
  static Codec<Integer> u16() {
    return Codecs.U16;
  }

  /** Four bytes as an int's bits: beyond 2^31 it reads as negative. */
  static Codec<Integer> u32() {
    return Codecs.U32;
  }

  /** Eight bytes as a long's bits. */
  static Codec<Long> u64() {
    return Codecs.U64;
  }

  /** {@code length} bytes, as they are. */
  static Codec<byte[]> bytes(int length) {
    return new Codecs.Bytes(length);
  }
}
