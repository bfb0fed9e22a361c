package io.merlon.bpf;

import io.merlon.bpf.raw.Libbpf;
import io.merlon.bpf.raw.bpf_link_create_opts;
import io.merlon.bpf.raw.bpf_link_update_opts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A program attached to an interface by a tcx link (kernel 6.6). While the link is open or pinned
 * the program runs; closing an unpinned one ends that. The link survives its interface, then
 * attached to nothing.
 */
public final class TcxLink implements AutoCloseable {
  /** BPF_TCX_INGRESS; uapi headers before 6.6 do not name it. */
  private static final int TCX_INGRESS = 46;

  private static final int TCX_EGRESS = 47;

  /** BPF_MPROG_MAX, the kernel's bound for one hook. */
  private static final int MAX_PROGRAMS = 64;

  private static final int BEFORE = 1 << 3;
  private static final int REPLACE = 1 << 2;

  private final Fd fd;

  private TcxLink(Fd fd) {
    this.fd = fd;
  }

  /** Where among the interface's programs a new one runs. */
  public enum Place {
    FIRST,
    LAST
  }

  /** Attaches a program after those that are there. */
  public static TcxLink attach(BpfProgram program, int ifindex, Direction direction) {
    return attach(program, ifindex, direction, Place.LAST);
  }

  public static TcxLink attach(BpfProgram program, int ifindex, Direction direction, Place place) {
    Library.require(Feature.TCX);
    String subject = "program %s at interface %d".formatted(program.name(), ifindex);
    try (Arena arena = Arena.ofConfined();
        LibbpfLog log = LibbpfLog.capture()) {
      MemorySegment options = bpf_link_create_opts.allocate(arena);
      bpf_link_create_opts.sz(options, options.byteSize());
      bpf_link_create_opts.flags(options, place == Place.FIRST ? BEFORE : 0);
      int result = Libbpf.bpf_link_create(program.fd(), ifindex, attachType(direction), options);
      if (result == -Errno.EINVAL.code()) {
        Feature.TCX.require();
      }
      if (result < 0) {
        throw log.failure("bpf_link_create", -result, subject);
      }
      return new TcxLink(new Fd(result, "link of " + subject));
    }
  }

  /** Opens a pinned link; another kind of link is refused. */
  public static TcxLink openPinned(Path path) {
    return checked(Pins.open(path, Pins.Kind.LINK));
  }

  /** Opens a link by the kernel's number for it; another kind of link is refused. */
  public static TcxLink openId(int id) {
    Library.require();
    String subject = "link id " + Integer.toUnsignedString(id);
    return checked(Fd.of("bpf_link_get_fd_by_id", Libbpf.bpf_link_get_fd_by_id(id), subject));
  }

  private static TcxLink checked(Fd fd) {
    try {
      Library.require(Feature.TCX);
      LinkInfo info = LinkInfo.of(fd.number(), fd.subject());
      if (!info.isTcx()) {
        throw new BpfException(fd.subject() + " is no tcx link");
      }
      return new TcxLink(fd);
    } catch (RuntimeException failure) {
      fd.close();
      throw failure;
    }
  }

  static int attachType(Direction direction) {
    return direction == Direction.INGRESS ? TCX_INGRESS : TCX_EGRESS;
  }

  /** The ids of the programs at an interface's tcx hook, in the order they run. */
  public static List<Integer> programIds(int ifindex, Direction direction) {
    Library.require(Feature.TCX);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment flags = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment ids = arena.allocate(ValueLayout.JAVA_INT, MAX_PROGRAMS);
      MemorySegment count = arena.allocateFrom(ValueLayout.JAVA_INT, MAX_PROGRAMS);
      int result = Libbpf.bpf_prog_query(ifindex, attachType(direction), 0, flags, ids, count);
      if (result < 0) {
        throw new BpfException("bpf_prog_query", -result, "interface " + ifindex);
      }
      int found = count.get(ValueLayout.JAVA_INT, 0);
      return IntStream.range(0, found)
          .mapToObj(i -> ids.getAtIndex(ValueLayout.JAVA_INT, i))
          .toList();
    }
  }

  /** What is attached, and where, now. */
  public LinkInfo info() {
    return LinkInfo.of(fd.number(), fd.subject());
  }

  /** Replaces the program in one step: each packet meets the old one or the new one. */
  public void update(BpfProgram program) {
    update(program.fd(), MemorySegment.NULL);
  }

  /** Replaces the program if {@code expected} is the one attached; another one is EPERM. */
  public void update(BpfProgram program, BpfProgram expected) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment options = bpf_link_update_opts.allocate(arena);
      bpf_link_update_opts.sz(options, options.byteSize());
      bpf_link_update_opts.flags(options, REPLACE);
      bpf_link_update_opts.old_prog_fd(options, expected.fd());
      update(program.fd(), options);
    } catch (BpfException failure) {
      int attached = info().programId();
      if (failure.errno() != Errno.EPERM || attached == expected.id()) {
        throw failure;
      }
      throw new BpfException(
          failure.call(),
          failure.code(),
          "%s has program id %d, not %d".formatted(fd.subject(), attached, expected.id()));
    }
  }

  private void update(int program, MemorySegment options) {
    int result = Libbpf.bpf_link_update(fd.number(), program, options);
    if (result < 0) {
      throw new BpfException("bpf_link_update", -result, fd.subject());
    }
  }

  /** Ends the attachment, pinned or not; the link stays as an empty shell. */
  public void detach() {
    int result = Libbpf.bpf_link_detach(fd.number());
    if (result < 0) {
      throw new BpfException("bpf_link_detach", -result, fd.subject());
    }
  }

  public void pin(Path path) {
    Pins.pin(fd, path);
  }

  public int fd() {
    return fd.number();
  }

  @Override
  public void close() {
    fd.close();
  }
}
