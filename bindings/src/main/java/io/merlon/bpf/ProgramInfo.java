package io.merlon.bpf;

import io.merlon.bpf.raw.Libbpf;
import io.merlon.bpf.raw.bpf_prog_info;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A program as the kernel has it.
 *
 * @param name at most 15 characters, which is what the kernel keeps
 * @param tag the kernel's hash of the instructions
 * @param type the kernel's number of the program type
 */
public record ProgramInfo(int id, String name, String tag, int type, Statistics statistics) {
  /** MAX_USED_MAPS, the verifier's bound. */
  private static final int MOST_MAPS = 64;

  /**
   * The cost of loading and running.
   *
   * @param verifiedInstructions the verifier walked through, over all paths (0 before kernel 5.16)
   * @param translatedBytes after the verifier's rewriting
   * @param jitedBytes of machine code
   * @param runNanos and {@code runs} count only while the kernel's run statistics are on
   */
  public record Statistics(
      long verifiedInstructions, int translatedBytes, int jitedBytes, long runNanos, long runs) {}

  /** The kernel fills in as many as there is room for, and says how many there are. */
  static List<Integer> mapIds(int fd, String subject) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ids = arena.allocate(ValueLayout.JAVA_INT, MOST_MAPS);
      MemorySegment info = bpf_prog_info.allocate(arena);
      bpf_prog_info.nr_map_ids(info, MOST_MAPS);
      bpf_prog_info.map_ids(info, ids.address());
      MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, (int) info.byteSize());
      int result = Libbpf.bpf_obj_get_info_by_fd(fd, info, length);
      if (result < 0) {
        throw new BpfException("bpf_obj_get_info_by_fd", -result, subject);
      }
      int found = Math.min(bpf_prog_info.nr_map_ids(info), MOST_MAPS);
      return IntStream.range(0, found)
          .mapToObj(i -> ids.getAtIndex(ValueLayout.JAVA_INT, i))
          .toList();
    }
  }

  static ProgramInfo of(int fd, String subject) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = bpf_prog_info.allocate(arena);
      MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, (int) info.byteSize());
      int result = Libbpf.bpf_obj_get_info_by_fd(fd, info, length);
      if (result < 0) {
        throw new BpfException("bpf_obj_get_info_by_fd", -result, subject);
      }
      return new ProgramInfo(
          bpf_prog_info.id(info),
          bpf_prog_info.name(info).getString(0),
          HexFormat.of().formatHex(bpf_prog_info.tag(info).toArray(ValueLayout.JAVA_BYTE)),
          bpf_prog_info.type(info),
          new Statistics(
              Integer.toUnsignedLong(bpf_prog_info.verified_insns(info)),
              bpf_prog_info.xlated_prog_len(info),
              bpf_prog_info.jited_prog_len(info),
              bpf_prog_info.run_time_ns(info),
              bpf_prog_info.run_cnt(info)));
    }
  }
}
