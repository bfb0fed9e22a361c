package io.merlon.bpf;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A map as it is wanted, before the kernel has it.
 *
 * @param valueSize of one value; a per-CPU map keeps one per possible CPU
 * @param inner for a map of maps, what each inner map looks like
 * @param pin where loading pins it, or finds it pinned and uses that
 */
public record MapSpec(
    String name,
    MapType type,
    int keySize,
    int valueSize,
    int maxEntries,
    int flags,
    @Nullable MapSpec inner,
    @Nullable Path pin) {
  /** Do not allocate all entries at creation; required for LPM tries. */
  public static final int NO_PREALLOC = 1;

  /** One list of free entries per CPU for an LRU map. */
  public static final int NO_COMMON_LRU = 1 << 1;

  /** Programs may only read. */
  public static final int READ_ONLY_PROGRAM = 1 << 7;

  /** An array whose memory user space can map. */
  public static final int MMAPABLE = 1 << 10;

  /** An inner array may have another size than the prototype (kernel 5.10). */
  public static final int INNER_MAP = 1 << 12;

  public MapSpec(String name, MapType type, int keySize, int valueSize, int maxEntries) {
    this(name, type, keySize, valueSize, maxEntries, 0, null, null);
  }

  public MapSpec withMaxEntries(int entries) {
    return new MapSpec(name, type, keySize, valueSize, entries, flags, inner, pin);
  }

  public MapSpec withFlags(int newFlags) {
    return new MapSpec(name, type, keySize, valueSize, maxEntries, newFlags, inner, pin);
  }

  public MapSpec withInner(MapSpec newInner) {
    return new MapSpec(name, type, keySize, valueSize, maxEntries, flags, newInner, pin);
  }

  public MapSpec pinnedAt(Path path) {
    return new MapSpec(name, type, keySize, valueSize, maxEntries, flags, inner, path);
  }

  public MapSpec unpinned() {
    return new MapSpec(name, type, keySize, valueSize, maxEntries, flags, inner, null);
  }

  public Optional<Path> pinPath() {
    return Optional.ofNullable(pin);
  }
}
