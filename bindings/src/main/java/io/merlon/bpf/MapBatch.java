package io.merlon.bpf;

import io.merlon.bpf.raw.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Many entries of one map per system call; where the kernel or the map's type has no batches, the
 * same one by one. No batch is atomic: one that fails leaves what it did before.
 */
public final class MapBatch<K, V> {
  /** Enough that the call's own cost vanishes, little enough to stay in the cache. */
  private static final int CHUNK_BYTES = 256 * 1024;

  private static final int CHUNK_ENTRIES = 16 * 1024;

  private final BpfMap<K, V> map;

  /** A type may have some batches and not others, so each call learns for itself. */
  private final Way puts = new Way();

  private final Way deletes = new Way();
  private final Way visits = new Way();
  private final Way drains = new Way();
  private final Way runs = new Way();

  /** Whether an entry cannot be taken out in one call either. */
  private volatile boolean inTwoSteps;

  MapBatch(BpfMap<K, V> map) {
    this.map = map;
  }

  /** How one of the calls goes. */
  private static final class Way {
    volatile boolean singly = !Library.offers(Feature.BATCH_OPS);
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
    try (Arena arena = Arena.ofConfined()) {
      Chunk<K, V> chunk = new Chunk<>(map, arena, Math.clamp(expected, 1, chunkCapacity()));
      int done = 0;
      int filled = 0;
      for (Map.Entry<? extends K, ? extends V> entry : entries) {
        chunk.keys.put(filled, entry.getKey());
        chunk.values.put(filled, entry.getValue());
        filled++;
        if (filled == chunk.capacity) {
          update(chunk, filled, done);
          done += filled;
          filled = 0;
        }
      }
      if (filled > 0) {
        update(chunk, filled, done);
      }
    }
  }

  private void update(Chunk<K, V> chunk, int entries, int before) {
    if (!puts.singly) {
      chunk.ask(entries);
      int result =
          Libbpf.bpf_map_update_batch(
              map.fd(),
              chunk.keys.memory(),
              chunk.values.memory(),
              chunk.count(),
              MemorySegment.NULL);
      if (result == 0) {
        return;
      }
      if (!unavailable(result)) {
        throw failure("bpf_map_update_batch", result, before + chunk.done(entries));
      }
      puts.singly = true;
    }
    for (int i = 0; i < entries; i++) {
      int result =
          Libbpf.bpf_map_update_elem(
              map.fd(), chunk.keys.at(i), chunk.values.at(i), PutMode.ANY.flag());
      if (result < 0) {
        throw failure("bpf_map_update_elem", result, before + i);
      }
    }
  }

  /** Deletes what is there of the keys and says how many that were. */
  public int deleteAll(Iterable<? extends K> keys) {
    int deleted = 0;
    try (Arena arena = Arena.ofConfined()) {
      Chunk<K, V> chunk = new Chunk<>(map, arena, chunkCapacity());
      Iterator<? extends K> rest = keys.iterator();
      while (rest.hasNext()) {
        int filled = 0;
        while (filled < chunk.capacity && rest.hasNext()) {
          chunk.keys.put(filled++, rest.next());
        }
        deleted = delete(chunk, filled, deleted);
      }
    }
    return deleted;
  }

  /** The kernel stops at an absent key, having said how far it came: step over it and go on. */
  private int delete(Chunk<K, V> chunk, int entries, int before) {
    int deleted = before;
    int from = 0;
    while (from < entries && !deletes.singly) {
      chunk.ask(entries - from);
      int result =
          Libbpf.bpf_map_delete_batch(
              map.fd(), chunk.keys.at(from), chunk.count(), MemorySegment.NULL);
      if (result == 0) {
        return deleted + entries - from;
      }
      if (unavailable(result)) {
        deletes.singly = true;
      } else if (result == -Errno.ENOENT.code()) {
        deleted += chunk.told();
        from += chunk.told() + 1;
      } else {
        throw failure("bpf_map_delete_batch", result, deleted + chunk.done(entries - from));
      }
    }
    for (int i = from; i < entries; i++) {
      int result = Libbpf.bpf_map_delete_elem(map.fd(), chunk.keys.at(i));
      if (result < 0 && result != -Errno.ENOENT.code()) {
        throw failure("bpf_map_delete_elem", result, deleted);
      }
      deleted += result == 0 ? 1 : 0;
    }
    return deleted;
  }

  /** Visits all entries. Hash maps go bucket by bucket, so no steady entry is missed or doubled. */
  public void forEach(BiConsumer<? super K, ? super V> visitor) {
    if (visits.singly || !BatchWalk.visit(map, chunkCapacity(), BatchWalk.Kind.LOOK_UP, visitor)) {
      visits.singly = true;
      map.forEach(visitor);
    }
  }

  /**
   * Visits all entries as they lie in memory, for who wants little of each: nothing is made of
   * them. Both buffers, from position to limit, are used again as soon as the visitor returns.
   */
  public void forEachBytes(BiConsumer<ByteBuffer, ByteBuffer> visitor) {
    if (visits.singly || !BatchWalk.visitBytes(map, chunkCapacity(), visitor)) {
      visits.singly = true;
      try (Arena arena = Arena.ofConfined()) {
        Chunk<K, V> one = new Chunk<>(map, arena, 1);
        map.forEach((key, value) -> {
          one.keys.put(0, key);
          one.values.put(0, value);
          visitor.accept(one.keys.bytes(0), one.values.bytes(0));
        });
      }
    }
  }

  /**
   * Visits a run of an array's entries.
   *
   * @param key makes the key of an index
   */
  public void run(
      IntFunction<K> key, int first, int count, BiConsumer<? super K, ? super V> visitor) {
    if (count <= 0) {
      return;
    }
    if (!runs.singly) {
      try (Arena arena = Arena.ofConfined()) {
        Chunk<K, V> chunk = new Chunk<>(map, arena, Math.min(count, chunkCapacity()));
        // The kernel goes on after the key at the cursor, and from the beginning without one.
        Slot<K> cursor = new Slot<>(map.keys, 1, arena);
        int done = 0;
        int visited = 1;
        while (done < count && visited > 0) {
          if (first + done > 0) {
            cursor.put(0, key.apply(first + done - 1));
          }
          visited = run(chunk, first + done > 0 ? cursor : null, count - done, visitor);
          done += visited;
        }
        if (!runs.singly) {
          return;
        }
      }
    }
    for (int i = first; i < first + count; i++) {
      K at = key.apply(i);
      map.get(at).ifPresent(value -> visitor.accept(at, value));
    }
  }

  /** How many entries were visited, -1 if that cannot be done. */
  private int run(
      Chunk<K, V> chunk,
      @Nullable Slot<K> after,
      int wanted,
      BiConsumer<? super K, ? super V> visitor) {
    try (Arena arena = Arena.ofConfined()) {
      chunk.ask(Math.min(wanted, chunk.capacity));
      int result =
          Libbpf.bpf_map_lookup_batch(
              map.fd(),
              after == null ? MemorySegment.NULL : after.memory(),
              arena.allocate(Math.max(8, map.keys.size()), 8),
              chunk.keys.memory(),
              chunk.values.memory(),
              chunk.count(),
              MemorySegment.NULL);
      if (unavailable(result)) {
        runs.singly = true;
        return -1;
      }
      if (result < 0 && result != -Errno.ENOENT.code()) {
        throw failure("bpf_map_lookup_batch", result, 0);
      }
      int visited = chunk.told();
      for (int i = 0; i < visited; i++) {
        visitor.accept(chunk.keys.get(i), chunk.values.get(i));
      }
      return visited;
    }
  }

  /**
   * Takes all entries out and hands them over. Of a type whose entries cannot be taken out in one
   * step, such as a trie, what others write between look-up and deletion is lost.
   */
  public void drain(BiConsumer<? super K, ? super V> visitor) {
    if (drains.singly || !BatchWalk.visit(map, chunkCapacity(), BatchWalk.Kind.TAKE_OUT, visitor)) {
      drains.singly = true;
      map.forEach((key, seen) -> takeOut(key, seen).ifPresent(value -> visitor.accept(key, value)));
    }
  }

  private Optional<V> takeOut(K key, V seen) {
    if (!inTwoSteps) {
      try {
        return map.lookupAndDelete(key);
      } catch (BpfException failure) {
        if (failure.errno() != Errno.ENOTSUPP) {
          throw failure;
        }
        inTwoSteps = true;
      }
    }
    return map.delete(key) ? Optional.of(seen) : Optional.empty();
  }

  /** Kernels before 5.6 say EINVAL to the command, map types without batches say ENOTSUPP. */
  static boolean unavailable(int result) {
    return result == -Errno.ENOTSUPP.code()
        || (result == -Errno.EINVAL.code() && Feature.BATCH_OPS.support() == Support.UNSUPPORTED);
  }

  private BpfException failure(String call, int result, int done) {
    return new BpfException(
        call, -result, "%s, after %d entries".formatted(map.fd.subject(), done));
  }
}
