package io.merlon.bpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Native memory for a run of values of one codec, and the buffer codecs see it through. */
final class Slot<T> {
  private final Codec<T> codec;
  private final int size;
  private final ByteBuffer buffer;
  private final MemorySegment memory;

  Slot(Codec<T> codec, int count, Arena arena) {
    this.codec = codec;
    this.size = codec.size();
    // Queues have no keys, and the kernel wants no pointer to one then.
    this.memory = size == 0 ? MemorySegment.NULL : arena.allocate((long) size * count, 8);
    this.buffer = memory.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  MemorySegment memory() {
    return memory;
  }

  /** The memory from a value on. */
  MemorySegment at(int index) {
    return memory.asSlice((long) index * size);
  }

  /** What is left of an earlier value must not reach the kernel: a codec writes all its bytes. */
  void put(int index, T value) {
    buffer.limit((index + 1) * size).position(index * size);
    codec.encode(value, buffer);
    if (buffer.hasRemaining()) {
      throw new IllegalStateException(
          "codec of " + size + " bytes left " + buffer.remaining() + " unwritten");
    }
  }

  T get(int index) {
    return codec.decode(bytes(index));
  }

  /** The bytes of a value; there is one buffer for all of them. */
  ByteBuffer bytes(int index) {
    return buffer.limit((index + 1) * size).position(index * size);
  }
}
