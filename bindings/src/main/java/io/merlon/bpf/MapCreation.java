package io.merlon.bpf;

import io.merlon.bpf.raw.Libbpf;
import io.merlon.bpf.raw.bpf_map_create_opts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Creates maps from their specs. */
final class MapCreation {
  /** The kernel keeps 15 characters and a zero. */
  private static final int NAME_LENGTH = 15;

  private MapCreation() {}

  static Fd create(MapSpec spec) {
    Library.require();
    MapSpec inner = spec.inner();
    if (inner == null) {
      return create(spec, null);
    }
    try (Fd prototype = create(inner)) {
      return create(spec, prototype);
    }
  }

  private static Fd create(MapSpec spec, @Nullable Fd inner) {
    try (Arena arena = Arena.ofConfined();
        LibbpfLog log = LibbpfLog.capture()) {
      MemorySegment options = bpf_map_create_opts.allocate(arena);
      bpf_map_create_opts.sz(options, options.byteSize());
      bpf_map_create_opts.map_flags(options, spec.flags());
      if (inner != null) {
        bpf_map_create_opts.inner_map_fd(options, inner.number());
      }
      String name = spec.name().substring(0, Math.min(NAME_LENGTH, spec.name().length()));
      int result =
          Libbpf.bpf_map_create(
              spec.type().code(),
              arena.allocateFrom(name),
              spec.keySize(),
              spec.valueSize(),
              spec.maxEntries(),
              options);
      if (result < 0) {
        throw log.failure("bpf_map_create", -result, "map " + spec.name());
      }
      return new Fd(result, "map " + spec.name());
    }
  }
}
