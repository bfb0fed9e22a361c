package io.merlon.bpf;

import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Native memory for single calls on one map, kept between calls so that none allocates. A thread
 * takes what its stripe holds or makes anew, so a codec that uses the map itself is safe too.
 */
final class SlotPool<K, V> {
  private static final int STRIPES = 16;

  private final Codec<K> keys;
  private final Codec<V> values;
  private final AtomicReferenceArray<@Nullable Entry<K, V>> spare =
      new AtomicReferenceArray<>(STRIPES);

  SlotPool(Codec<K> keys, Codec<V> values) {
    this.keys = keys;
    this.values = values;
  }

  /** One key and one value; its memory lives as long as it is reachable. */
  static final class Entry<K, V> {
    final int stripe;
    final Slot<K> key;
    final Slot<V> value;

    Entry(int stripe, Codec<K> keys, Codec<V> values) {
      Arena arena = Arena.ofAuto();
      this.stripe = stripe;
      this.key = new Slot<>(keys, 1, arena);
      this.value = new Slot<>(values, 1, arena);
    }
  }

  Entry<K, V> take() {
    int stripe = (int) Thread.currentThread().threadId() & (STRIPES - 1);
    Entry<K, V> entry = spare.getAndSet(stripe, null);
    return entry == null ? new Entry<>(stripe, keys, values) : entry;
  }

  void give(Entry<K, V> entry) {
    spare.setRelease(entry.stripe, entry);
  }
}
