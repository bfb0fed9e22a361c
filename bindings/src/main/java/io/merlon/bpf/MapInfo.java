package io.merlon.bpf;

import io.merlon.bpf.raw.Libbpf;
import io.merlon.bpf.raw.bpf_map_info;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A map as the kernel has it.
 *
 * @param name at most 15 characters, which is what the kernel keeps
 */
public record MapInfo(
    int id, String name, MapType type, int keySize, int valueSize, int maxEntries, int flags) {

  static MapInfo of(int fd, String subject) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = bpf_map_info.allocate(arena);
      MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, (int) info.byteSize());
      int result = Libbpf.bpf_obj_get_info_by_fd(fd, info, length);
      if (result < 0) {
        throw new BpfException("bpf_obj_get_info_by_fd", -result, subject);
      }
      return new MapInfo(
          bpf_map_info.id(info),
          bpf_map_info.name(info).getString(0),
          MapType.of(bpf_map_info.type(info)),
          bpf_map_info.key_size(info),
          bpf_map_info.value_size(info),
          bpf_map_info.max_entries(info),
          bpf_map_info.map_flags(info));
    }
  }

  /** Whether it has the wanted type, sizes, number of entries and flags. */
  public boolean fits(MapSpec wanted) {
    return type == wanted.type()
        && keySize == wanted.keySize()
        && valueSize == wanted.valueSize()
        && maxEntries == wanted.maxEntries()
        && flags == wanted.flags();
  }

  void requireSizes(int keys, int values) {
    if (keys != keySize || values != transferSize()) {
      throw new BpfException(
          "map %s has keys of %d and values of %d bytes%s, the codecs %d and %d"
              .formatted(
                  name,
                  keySize,
                  transferSize(),
                  type.perCpu() ? " (see PerCpu)" : "",
                  keys,
                  values));
    }
  }

  /** The bytes a value takes in a call: a per-CPU map's are padded to 8, one per possible CPU. */
  int transferSize() {
    return type.perCpu() ? PerCpu.paddedSize(valueSize) * PerCpu.cpus() : valueSize;
  }
}
