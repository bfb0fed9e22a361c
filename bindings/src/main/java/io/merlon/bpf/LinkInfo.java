package io.merlon.bpf;

import io.merlon.bpf.raw.Libbpf;
import io.merlon.bpf.raw.bpf_link_info;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A link as the kernel has it.
 *
 * @param type the kernel's number of the link type
 * @param programId of the attached program
 * @param ifindex of a tcx link's interface, 0 when that is gone or the link is detached
 * @param attachType of a tcx link
 */
public record LinkInfo(int id, int type, int programId, int ifindex, int attachType) {
  /** BPF_LINK_TYPE_TCX; uapi headers before 6.6 do not name it. */
  private static final int TCX = 11;

  /** Whether it is a tcx link; ifindex and attachType mean nothing for others. */
  public boolean isTcx() {
    return type == TCX;
  }

  /** Whether packets of this direction meet the program. */
  public boolean at(int index, Direction direction) {
    return isTcx() && ifindex == index && attachType == TcxLink.attachType(direction);
  }

  static LinkInfo of(int fd, String subject) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = bpf_link_info.allocate(arena);
      MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, (int) info.byteSize());
      int result = Libbpf.bpf_obj_get_info_by_fd(fd, info, length);
      if (result < 0) {
        throw new BpfException("bpf_obj_get_info_by_fd", -result, subject);
      }
      // The tcx member {ifindex, attach_type} lies where headers before 6.6 have only the others.
      long union = bpf_link_info.xdp$offset();
      return new LinkInfo(
          bpf_link_info.id(info),
          bpf_link_info.type(info),
          bpf_link_info.prog_id(info),
          info.get(ValueLayout.JAVA_INT, union),
          info.get(ValueLayout.JAVA_INT, union + Integer.BYTES));
    }
  }
}
