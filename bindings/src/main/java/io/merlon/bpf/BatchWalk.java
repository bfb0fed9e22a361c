package io.merlon.bpf;

import io.merlon.bpf.raw.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.function.BiConsumer;

/** A walk over a whole map by look-up batches. */
final class BatchWalk<K, V> {
  /** What happens to an entry that was handed over. */
  enum Kind {
    LOOK_UP("bpf_map_lookup_batch"),
    TAKE_OUT("bpf_map_lookup_and_delete_batch");

    private final String call;

    Kind(String call) {
      this.call = call;
    }
  }

  /** What is done with each entry, where it lies. */
  private interface Delivery<K, V> {
    void of(Slot<K> keys, Slot<V> values, int index);
  }

  private final BpfMap<K, V> map;
  private final Kind kind;
  private final Delivery<K, V> delivery;

  private BatchWalk(BpfMap<K, V> map, Kind kind, Delivery<K, V> delivery) {
    this.map = map;
    this.kind = kind;
    this.delivery = delivery;
  }

  /** Whether the map can be walked so; if not, nothing was visited. */
  static <K, V> boolean visit(
      BpfMap<K, V> map, int capacity, Kind kind, BiConsumer<? super K, ? super V> visitor) {
    return new BatchWalk<>(
            map, kind, (keys, values, i) -> visitor.accept(keys.get(i), values.get(i)))
        .walk(capacity);
  }

  /** The same, of entries as they lie in memory; nothing is made of them. */
  static <K, V> boolean visitBytes(
      BpfMap<K, V> map, int capacity, BiConsumer<ByteBuffer, ByteBuffer> visitor) {
    return new BatchWalk<>(
            map, Kind.LOOK_UP, (keys, values, i) -> visitor.accept(keys.bytes(i), values.bytes(i)))
        .walk(capacity);
  }

  private boolean walk(int wanted) {
    try (Arena tokens = Arena.ofConfined()) {
      // The kernel's cursor: a bucket number, or for some types a key.
      MemorySegment cursor = tokens.allocate(Math.max(8, map.keys.size()), 8);
      MemorySegment count = tokens.allocate(ValueLayout.JAVA_INT);
      MemorySegment from = MemorySegment.NULL;
      int capacity = wanted;
      while (true) {
        int result;
        try (Arena arena = Arena.ofConfined()) {
          Slot<K> keys = new Slot<>(map.keys, capacity, arena);
          Slot<V> values = new Slot<>(map.values, capacity, arena);
          do {
            count.set(ValueLayout.JAVA_INT, 0, capacity);
            result = call(from, cursor, keys, values, count);
            if (MapBatch.unavailable(result) && from.equals(MemorySegment.NULL)) {
              return false;
            }
            if (result == 0 || result == -Errno.ENOENT.code() || interrupted(result)) {
              int entries = count.get(ValueLayout.JAVA_INT, 0);
              deliver(keys, values, entries);
              from = entries == 0 ? from : cursor;
            }
          } while (result == 0 || interrupted(result));
        }
        if (result == -Errno.ENOENT.code()) {
          return true;
        }
        if (result != -Errno.ENOSPC.code()) {
          throw map.failure(kind.call, result);
        }
        // One bucket holds more than fits.
        capacity = Math.multiplyExact(capacity, 2);
      }
    }
  }

  /** Older kernels stop so when the entry at hand vanishes; what came before it was copied. */
  private static boolean interrupted(int result) {
    return result == -Errno.EINTR.code();
  }

  private int call(
      MemorySegment from, MemorySegment to, Slot<K> keys, Slot<V> values, MemorySegment count) {
    return switch (kind) {
      case LOOK_UP ->
          Libbpf.bpf_map_lookup_batch(
              map.fd(), from, to, keys.memory(), values.memory(), count, MemorySegment.NULL);
      case TAKE_OUT ->
          Libbpf.bpf_map_lookup_and_delete_batch(
              map.fd(), from, to, keys.memory(), values.memory(), count, MemorySegment.NULL);
    };
  }

  private void deliver(Slot<K> keys, Slot<V> values, int entries) {
    for (int i = 0; i < entries; i++) {
      delivery.of(keys, values, i);
    }
  }
}
