package io.merlon.bpf;

import io.merlon.bpf.raw.Libbpf;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * A map in the kernel, with typed keys and values. This type borrows its file descriptor (from a
 * {@link BpfObject}); {@link OwnedMap} is one to close. Safe for use by many threads, as the
 * kernel's map is; only closing must not race with use.
 */
public sealed class BpfMap<K, V> permits OwnedMap {
  final Fd fd;
  final Codec<K> keys;
  final Codec<V> values;
  private final MapInfo info;
  private final SlotPool<K, V> pool;
  private final MapBatch<K, V> batch;

  BpfMap(Fd fd, MapInfo info, Codec<K> keys, Codec<V> values) {
    info.requireSizes(keys.size(), values.size());
    this.fd = fd;
    this.info = info;
    this.keys = keys;
    this.values = values;
    this.pool = new SlotPool<>(keys, values);
    this.batch = new MapBatch<>(this);
  }

  /** Creates a map that belongs to no object file. */
  public static <K, V> OwnedMap<K, V> create(MapSpec spec, Codec<K> keys, Codec<V> values) {
    return OwnedMap.of(MapCreation.create(spec), "map " + spec.name(), keys, values);
  }

  /** Opens a pinned map; keys and values of other sizes than the codecs' are refused. */
  public static <K, V> OwnedMap<K, V> openPinned(Path path, Codec<K> keys, Codec<V> values) {
    return OwnedMap.of(Pins.open(path, Pins.Kind.MAP), "map " + path, keys, values);
  }

  /** Opens a loaded map by its id. */
  public static <K, V> OwnedMap<K, V> openId(int id, Codec<K> keys, Codec<V> values) {
    Library.require();
    String subject = "map id " + Integer.toUnsignedString(id);
    Fd fd = Fd.of("bpf_map_get_fd_by_id", Libbpf.bpf_map_get_fd_by_id(id), subject);
    return OwnedMap.of(fd, subject, keys, values);
  }

  public MapInfo info() {
    return info;
  }

  public String name() {
    return info.name();
  }

  public int id() {
    return info.id();
  }

  public int maxEntries() {
    return info.maxEntries();
  }

  /** The file descriptor, valid while the owner is open. */
  public int fd() {
    return fd.number();
  }

  public Optional<V> get(K key) {
    SlotPool.Entry<K, V> entry = pool.take();
    try {
      entry.key.put(0, key);
      int result =
          Libbpf.bpf_map_lookup_elem(fd.number(), entry.key.memory(), entry.value.memory());
      return found("bpf_map_lookup_elem", result, entry);
    } finally {
      pool.give(entry);
    }
  }

  private Optional<V> found(String call, int result, SlotPool.Entry<K, V> entry) {
    if (result == 0) {
      return Optional.of(entry.value.get(0));
    }
    if (result == -Errno.ENOENT.code()) {
      return Optional.empty();
    }
    throw failure(call, result);
  }

  public void put(K key, V value) {
    put(key, value, PutMode.ANY);
  }

  public void put(K key, V value, PutMode mode) {
    SlotPool.Entry<K, V> entry = pool.take();
    try {
      entry.key.put(0, key);
      entry.value.put(0, value);
      int result =
          Libbpf.bpf_map_update_elem(
              fd.number(), entry.key.memory(), entry.value.memory(), mode.flag());
      if (result < 0) {
        throw failure("bpf_map_update_elem", result);
      }
    } finally {
      pool.give(entry);
    }
  }

  /** Whether there was an entry to delete. */
  public boolean delete(K key) {
    SlotPool.Entry<K, V> entry = pool.take();
    try {
      entry.key.put(0, key);
      int result = Libbpf.bpf_map_delete_elem(fd.number(), entry.key.memory());
      if (result < 0 && result != -Errno.ENOENT.code()) {
        throw failure("bpf_map_delete_elem", result);
      }
      return result == 0;
    } finally {
      pool.give(entry);
    }
  }

  /** Takes an entry out in one step. Hash maps have it since kernel 5.14. */
  public Optional<V> lookupAndDelete(K key) {
    SlotPool.Entry<K, V> entry = pool.take();
    try {
      entry.key.put(0, key);
      int result =
          Libbpf.bpf_map_lookup_and_delete_elem(
              fd.number(), entry.key.memory(), entry.value.memory());
      return found("bpf_map_lookup_and_delete_elem", result, entry);
    } finally {
      pool.give(entry);
    }
  }

  /**
   * Visits the entries key by key. A hash map that others change meanwhile may show some twice or
   * not at all, and starts over when the key at hand vanishes; a visit that does not end after
   * twice as many steps as the map has entries is given up with an error.
   */
  public void forEach(BiConsumer<? super K, ? super V> visitor) {
    new KeyWalk<>(this, visitor).walk();
  }

  /** A copy of the entries, by batches where the kernel offers them. Keys need equals. */
  public Map<K, V> entries() {
    Map<K, V> entries = new LinkedHashMap<>();
    batch.forEach(entries::put);
    return entries;
  }

  /** Many entries per call. */
  public MapBatch<K, V> batch() {
    return batch;
  }

  /** From now on user space cannot write the map. */
  public void freeze() {
    int result = Libbpf.bpf_map_freeze(fd.number());
    if (result < 0) {
      throw failure("bpf_map_freeze", result);
    }
  }

  /** The kernel memory the map accounts for, in bytes. */
  public long memlock() {
    return fd.fact("memlock");
  }

  public void pin(Path path) {
    Pins.pin(fd, path);
  }

  String subject() {
    return fd.subject();
  }

  BpfException failure(String call, int result) {
    return new BpfException(call, -result, fd.subject());
  }
}
