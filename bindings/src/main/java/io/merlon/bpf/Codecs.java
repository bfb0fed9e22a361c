package io.merlon.bpf;

import java.nio.ByteBuffer;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** The built-in codecs. */
final class Codecs {
  static final Codec<Integer> U8 =
      new Fixed<>(1, (v, out) -> out.put((byte) within(0xff, v)), in -> in.get() & 0xff);
  static final Codec<Integer> U16 =
      new Fixed<>(
          2, (v, out) -> out.putShort((short) within(0xffff, v)), in -> in.getShort() & 0xffff);
  static final Codec<Integer> U32 = new Fixed<>(4, (v, out) -> out.putInt(v), ByteBuffer::getInt);
  static final Codec<Long> U64 = new Fixed<>(8, (v, out) -> out.putLong(v), ByteBuffer::getLong);

  private Codecs() {}

  /** A key cut to fit would be another key. */
  private static int within(int most, int value) {
    if (value < 0 || value > most) {
      throw new IllegalArgumentException(value + " is not from 0 to " + most);
    }
    return value;
  }

  private record Fixed<T>(
      int size, BiConsumer<T, ByteBuffer> encoder, Function<ByteBuffer, T> decoder)
      implements Codec<T> {
    @Override
    public void encode(T value, ByteBuffer out) {
      encoder.accept(value, out);
    }

    @Override
    public T decode(ByteBuffer in) {
      return decoder.apply(in);
    }
  }

  record Bytes(int size) implements Codec<byte[]> {
    @Override
    public void encode(byte[] value, ByteBuffer out) {
      if (value.length != size) {
        throw new IllegalArgumentException(value.length + " bytes where " + size + " belong");
      }
      out.put(value);
    }

    @Override
    public byte[] decode(ByteBuffer in) {
      byte[] value = new byte[size];
      in.get(value);
      return value;
    }
  }
}
