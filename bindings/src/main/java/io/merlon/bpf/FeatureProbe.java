package io.merlon.bpf;

import io.merlon.bpf.raw.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/** Asks the kernel by trying: the smallest call that only a kernel with the feature accepts. */
final class FeatureProbe {
  private static final int SCHED_CLS = 3;
  private static final int LOOPBACK = 1;

  private FeatureProbe() {}

  static Support probe(Feature feature) {
    return switch (feature) {
      case TCX -> tcx();
      case BATCH_OPS -> batchOps();
      case RING_BUFFER -> map(new MapSpec("probe", MapType.RINGBUF, 0, 0, 65536));
      case LPM_TRIE ->
          map(new MapSpec("probe", MapType.LPM_TRIE, 8, 4, 1).withFlags(MapSpec.NO_PREALLOC));
      case MAPPED_ARRAY ->
          map(new MapSpec("probe", MapType.ARRAY, 4, 8, 1).withFlags(MapSpec.MMAPABLE));
      case BTF -> btf();
      case KERNEL_BTF ->
          Files.exists(Path.of("/sys/kernel/btf/vmlinux"))
              ? Support.SUPPORTED
              : Support.UNSUPPORTED;
      case CLSACT -> program(EMPTY_PROGRAM);
      case RUN_STATISTICS -> runStatistics();
      case ATOMICS -> program(ATOMIC_PROGRAM);
      case BOUNDED_LOOPS -> program(LOOP_PROGRAM);
    };
  }

  /** A refusal for want of privileges or memory says nothing about the feature. */
  private static Support judge(int result, Errno... unsupported) {
    if (result >= 0) {
      return Support.SUPPORTED;
    }
    for (Errno errno : unsupported) {
      if (result == -errno.code()) {
        return Support.UNSUPPORTED;
      }
    }
    return Support.UNKNOWN;
  }

  /** Asks what is attached to the loopback device; older kernels do not know the attach type. */
  private static Support tcx() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment flags = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
      int type = TcxLink.attachType(Direction.INGRESS);
      int result = Libbpf.bpf_prog_query(LOOPBACK, type, 0, flags, MemorySegment.NULL, count);
      return judge(result, Errno.EINVAL);
    }
  }

  private static Support map(MapSpec spec) {
    try (Fd created = MapCreation.create(spec)) {
      return judge(created.number());
    } catch (BpfException failure) {
      return judge(-failure.code(), Errno.EINVAL);
    }
  }

  private static Support batchOps() {
    MapSpec spec = new MapSpec("probe", MapType.ARRAY, 4, 4, 1);
    try (Fd created = MapCreation.create(spec);
        Arena arena = Arena.ofConfined()) {
      MemorySegment zero = arena.allocate(8);
      MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_INT, 1);
      return judge(
          Libbpf.bpf_map_update_batch(created.number(), zero, zero, one, MemorySegment.NULL),
          Errno.EINVAL,
          Errno.ENOTSUPP);
    } catch (BpfException failure) {
      return Support.UNKNOWN;
    }
  }

  /** A header, one int type and two bytes of strings. */
  private static Support btf() {
    int[] words = {0x0001eb9f, 24, 0, 16, 16, 2, 0, 1 << 24, 4, (1 << 24) | 32, 0};
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_INT, words);
      int result = Libbpf.bpf_btf_load(data, data.byteSize() - 2, MemorySegment.NULL);
      if (result >= 0) {
        LibC.close(result);
      }
      return judge(result, Errno.EINVAL);
    }
  }

  private static Support runStatistics() {
    try {
      RunStatistics.enable().close();
      return Support.SUPPORTED;
    } catch (BpfException failure) {
      return judge(-failure.code(), Errno.EINVAL);
    }
  }

  /** r0 = 0; exit. */
  private static final long[] EMPTY_PROGRAM = {0x00000000_0000_00_b7L, 0x00000000_0000_00_95L};

  /** r1 = 0; *(r10 - 8) = r1; r1 = atomic_fetch_add(r10 - 8, r1); r0 = 0; exit. */
  private static final long[] ATOMIC_PROGRAM = {
    0x00000000_0000_01_b7L,
    0x00000000_fff8_1a_7bL,
    0x00000001_fff8_1a_dbL,
    0x00000000_0000_00_b7L,
    0x00000000_0000_00_95L
  };

  /** r0 = 10; r0 -= 1; if r0 != 0 goto -2; exit. */
  private static final long[] LOOP_PROGRAM = {
    0x0000000a_0000_00_b7L, 0x00000001_0000_00_17L, 0x00000000_fffe_00_55L, 0x00000000_0000_00_95L
  };

  private static Support program(long[] instructions) {
    try (Arena arena = Arena.ofConfined()) {
      int result =
          Libbpf.bpf_prog_load(
              SCHED_CLS,
              arena.allocateFrom("probe"),
              arena.allocateFrom("GPL"),
              arena.allocateFrom(ValueLayout.JAVA_LONG, instructions),
              instructions.length,
              MemorySegment.NULL);
      if (result >= 0) {
        LibC.close(result);
      }
      return judge(result, Errno.EINVAL);
    }
  }
}
