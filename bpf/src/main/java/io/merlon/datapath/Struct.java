package io.merlon.datapath;

import io.merlon.bpf.Codec;
import java.nio.ByteBuffer;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** A codec that knows which C struct it stands for, and where its fields lie. */
public record Struct<T>(
    String cName, int size, BiConsumer<T, ByteBuffer> writer, Function<ByteBuffer, T> reader)
    implements Codec<T> {
  @Override
  public void encode(T value, ByteBuffer out) {
    writer.accept(value, out);
  }

  @Override
  public T decode(ByteBuffer in) {
    return reader.apply(in);
  }
}
