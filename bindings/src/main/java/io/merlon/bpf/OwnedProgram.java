package io.merlon.bpf;

import io.merlon.bpf.raw.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A program whose file descriptor the holder closes. */
public final class OwnedProgram extends BpfProgram implements AutoCloseable {
  private static final int SCHED_CLS = 3;

  private OwnedProgram(Fd fd) {
    super(fd);
  }

  static OwnedProgram of(Fd fd) {
    try {
      return new OwnedProgram(fd);
    } catch (RuntimeException unfit) {
      fd.close();
      throw unfit;
    }
  }

  /**
   * Loads a program for tcx and clsact hooks that leaves every packet to whatever runs after it: r0
   * = TC_ACT_UNSPEC; exit.
   */
  public static OwnedProgram withoutOpinion(String name) {
    Library.require();
    long[] instructions = {0xffffffff_0000_00_b7L, 0x00000000_0000_00_95L};
    try (Arena arena = Arena.ofConfined()) {
      int result =
          Libbpf.bpf_prog_load(
              SCHED_CLS,
              arena.allocateFrom(name),
              arena.allocateFrom("GPL"),
              arena.allocateFrom(ValueLayout.JAVA_LONG, instructions),
              instructions.length,
              MemorySegment.NULL);
      return of(Fd.of("bpf_prog_load", result, "program " + name));
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
