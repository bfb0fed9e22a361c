package io.merlon.bpf;

import io.merlon.bpf.raw.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Iterator;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Many entries of one map per system call; where the kernel or the map's type has no batches, the
 * same one by one. No batch is atomic: one that fails leaves what it did before.
 */
public final class MapBatch<K, V> {
  /** Enough that the call's own cost vanishes, little enough to stay in the cache. */
  private static final int CHUNK_BYTES = 256 * 1024;

  private static final int CHUNK_ENTRIES = 16 * 1024;

  private final BpfMap<K, V> map;
  private volatile boolean singly = !Library.offers(Feature.BATCH_OPS);

  MapBatch(BpfMap<K, V> map) {
    this.map = map;
  }

  /** Native memory for one call's keys and values. */
  private final class Chunk {
    final int capacity;
    final Slot<K> keys;
    final Slot<V> values;
    final MemorySegment count;

    Chunk(Arena arena, int capacity) {
      this.capacity = capacity;
      this.keys = new Slot<>(map.keys, capacity, arena);
      this.values = new Slot<>(map.values, capacity, arena);
      this.count = arena.allocate(ValueLayout.JAVA_INT);
    }

    int count() {
      return count.get(ValueLayout.JAVA_INT, 0);
    }

    void count(int entries) {
      count.set(ValueLayout.JAVA_INT, 0, entries);
    }
  }

  private int chunkCapacity() {
    int entrySize = map.keys.size() + map.values.size();
    return Math.clamp(CHUNK_BYTES / Math.max(1, entrySize), 1, CHUNK_ENTRIES);
  }

  /** Creates or replaces all entries. */
  public void putAll(Map<? extends K, ? extends V> entries) {
    putAll(entries.entrySet(), entries.size());
  }

  /** Creates or replaces all entries; {@code expected} only sizes the memory used. */
  public void putAll(
      Iterable<? extends Map.Entry<? extends K, ? extends V>> entries, int expected) {
    if (singly) {
      entries.forEach(entry -> map.put(entry.getKey(), entry.getValue()));
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      Chunk chunk = new Chunk(arena, Math.clamp(expected, 1, chunkCapacity()));
      int filled = 0;
      for (Map.Entry<? extends K, ? extends V> entry : entries) {
        chunk.keys.put(filled, entry.getKey());
        chunk.values.put(filled, entry.getValue());
        filled++;
        if (filled == chunk.capacity) {
          update(chunk, filled);
          filled = 0;
        }
      }
      if (filled > 0) {
        update(chunk, filled);
      }
    }
  }

  private void update(Chunk chunk, int entries) {
    if (!singly) {
      chunk.count(entries);
      int result =
          Libbpf.bpf_map_update_batch(
              map.fd(),
              chunk.keys.memory(),
              chunk.values.memory(),
              chunk.count,
              MemorySegment.NULL);
      if (result == 0) {
        return;
      }
      if (!unavailable(result)) {
        throw failure("bpf_map_update_batch", result, chunk.count(), entries);
      }
      singly = true;
    }
    for (int i = 0; i < entries; i++) {
      map.put(chunk.keys.get(i), chunk.values.get(i));
    }
  }

  /** Deletes what is there of the keys and says how many that were. */
  public int deleteAll(Iterable<? extends K> keys) {
    int deleted = 0;
    try (Arena arena = Arena.ofConfined()) {
      Chunk chunk = new Chunk(arena, chunkCapacity());
      Iterator<? extends K> rest = keys.iterator();
      while (rest.hasNext()) {
        int filled = 0;
        while (filled < chunk.capacity && rest.hasNext()) {
          chunk.keys.put(filled++, rest.next());
        }
        deleted += delete(chunk, filled);
      }
    }
    return deleted;
  }

  /** The kernel stops at an absent key, having said how far it came: step over it and go on. */
  private int delete(Chunk chunk, int entries) {
    int deleted = 0;
    int from = 0;
    while (from < entries && !singly) {
      chunk.count(entries - from);
      MemorySegment keys = chunk.keys.memory().asSlice((long) from * map.keys.size());
      int result = Libbpf.bpf_map_delete_batch(map.fd(), keys, chunk.count, MemorySegment.NULL);
      if (result == 0) {
        return deleted + entries - from;
      }
      if (unavailable(result)) {
        singly = true;
      } else if (result == -Errno.ENOENT.code()) {
        deleted += chunk.count();
        from += chunk.count() + 1;
      } else {
        throw failure("bpf_map_delete_batch", result, deleted, entries);
      }
    }
    for (int i = from; i < entries; i++) {
      deleted += map.delete(chunk.keys.get(i)) ? 1 : 0;
    }
    return deleted;
  }

  /** Visits all entries. Hash maps go bucket by bucket, so no steady entry is missed or doubled. */
  public void forEach(BiConsumer<? super K, ? super V> visitor) {
    if (singly || !BatchWalk.visit(map, chunkCapacity(), BatchWalk.Kind.LOOK_UP, visitor)) {
      singly = true;
      map.forEach(visitor);
    }
  }

  /** Takes all entries out and hands them over. */
  public void drain(BiConsumer<? super K, ? super V> visitor) {
    if (singly || !BatchWalk.visit(map, chunkCapacity(), BatchWalk.Kind.TAKE_OUT, visitor)) {
      singly = true;
      map.forEach((key, value) -> map.lookupAndDelete(key).ifPresent(v -> visitor.accept(key, v)));
    }
  }

  /** Kernels before 5.6 say EINVAL to the command, map types without batches say ENOTSUPP. */
  static boolean unavailable(int result) {
    return result == -Errno.ENOTSUPP.code()
        || (result == -Errno.EINVAL.code() && Feature.BATCH_OPS.support() == Support.UNSUPPORTED);
  }

  private BpfException failure(String call, int result, int done, int entries) {
    return new BpfException(
        call, -result, "%s, after %d of %d entries".formatted(map.fd.subject(), done, entries));
  }
}
