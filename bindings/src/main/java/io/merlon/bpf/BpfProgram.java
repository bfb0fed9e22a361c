package io.merlon.bpf;

import io.merlon.bpf.raw.Libbpf;
import java.nio.file.Path;
import java.util.List;

/**
 * A loaded program. This type borrows its file descriptor (from a {@link BpfObject}); {@link
 * OwnedProgram} is one to close.
 */
public sealed class BpfProgram permits OwnedProgram {
  final Fd fd;
  private final ProgramInfo loaded;

  BpfProgram(Fd fd) {
    this.fd = fd;
    this.loaded = ProgramInfo.of(fd.number(), fd.subject());
  }

  public static OwnedProgram openPinned(Path path) {
    return OwnedProgram.of(Pins.open(path, Pins.Kind.PROGRAM));
  }

  public static OwnedProgram openId(int id) {
    Library.require();
    String subject = "program id " + Integer.toUnsignedString(id);
    return OwnedProgram.of(
        Fd.of("bpf_prog_get_fd_by_id", Libbpf.bpf_prog_get_fd_by_id(id), subject));
  }

  public int id() {
    return loaded.id();
  }

  /** The name the kernel keeps, at most 15 characters. */
  public String name() {
    return loaded.name();
  }

  /** The kernel's hash of the instructions: equal tags are equal programs. */
  public String tag() {
    return loaded.tag();
  }

  /** The file descriptor, valid while the owner is open. */
  public int fd() {
    return fd.number();
  }

  /** The cost of loading, and of running so far. */
  public ProgramInfo.Statistics statistics() {
    return ProgramInfo.of(fd.number(), fd.subject()).statistics();
  }

  /** The ids of the maps it uses. */
  public List<Integer> mapIds() {
    return ProgramInfo.mapIds(fd.number(), fd.subject());
  }

  /** Runs the program on a packet, without a network. */
  public TestRun testRun(byte[] packet, int repeat) {
    return testRun(new TestRunOptions(packet).withRepeat(repeat));
  }

  public TestRun testRun(TestRunOptions options) {
    try (TestRunner runner = testRunner(options.capacity())) {
      return runner.run(options);
    }
  }

  /** For many runs: its memory is allocated once. It borrows this program. */
  public TestRunner testRunner(int capacity) {
    return new TestRunner(fd, capacity);
  }

  public void pin(Path path) {
    Pins.pin(fd, path);
  }
}
