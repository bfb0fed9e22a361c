package io.merlon.bpf;

import io.merlon.bpf.raw.Libbpf;
import io.merlon.bpf.raw.bpf_tc_hook;
import io.merlon.bpf.raw.bpf_tc_opts;
import io.merlon.netlink.FilterNames;
import io.merlon.netlink.Qdisc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A place for a direct-action program at an interface's clsact qdisc, for kernels without tcx: a
 * value that says where, with operations on what is there. The kernel keeps an attached filter
 * until it is detached or the interface goes.
 *
 * @param priority 1 to 65535, lower first
 * @param handle not 0
 */
public record ClsactFilter(int ifindex, Direction direction, int priority, int handle) {
  private static final int TC_INGRESS = 1;
  private static final int TC_EGRESS = 2;
  private static final int REPLACE = 1;

  public ClsactFilter {
    if (priority < 1 || priority > 0xffff || handle == 0) {
      throw new IllegalArgumentException("priority " + priority + ", handle " + handle);
    }
  }

  /** Adds the qdisc to the interface; whether it was missing. */
  public static boolean createQdisc(int ifindex) {
    try (Arena arena = Arena.ofConfined();
        LibbpfLog log = LibbpfLog.capture()) {
      int result = Libbpf.bpf_tc_hook_create(hook(arena, ifindex, TC_INGRESS));
      if (result < 0 && result != -Errno.EEXIST.code()) {
        throw log.failure("bpf_tc_hook_create", -result, "clsact of interface " + ifindex);
      }
      return result == 0;
    }
  }

  /** Removes the qdisc with every filter of everybody; whether it was there. */
  public static boolean removeQdisc(int ifindex) {
    try (Arena arena = Arena.ofConfined();
        LibbpfLog log = LibbpfLog.capture()) {
      int result = Libbpf.bpf_tc_hook_destroy(hook(arena, ifindex, TC_INGRESS | TC_EGRESS));
      if (result < 0 && !absent(result)) {
        throw log.failure("bpf_tc_hook_destroy", -result, "clsact of interface " + ifindex);
      }
      return result == 0;
    }
  }

  /** Attaches a program, or replaces the one attached here, in one step. */
  public void attach(BpfProgram program) {
    attach(program, REPLACE);
  }

  /** Attaches a program where none is. */
  public void attachNew(BpfProgram program) {
    attach(program, 0);
  }

  private void attach(BpfProgram program, int flags) {
    if (misled()) {
      String subject = program.fd.subject() + " at " + subject();
      String reason = "the interface has no clsact qdisc";
      throw new BpfException("bpf_tc_attach", Errno.EINVAL.code(), subject, reason, "");
    }
    try (Arena arena = Arena.ofConfined();
        LibbpfLog log = LibbpfLog.capture()) {
      MemorySegment options = options(arena);
      bpf_tc_opts.prog_fd(options, program.fd());
      bpf_tc_opts.flags(options, flags);
      int result = Libbpf.bpf_tc_attach(hook(arena), options);
      if (result < 0) {
        throw log.failure("bpf_tc_attach", -result, program.fd.subject() + " at " + subject());
      }
    }
  }

  /** Detaches what is attached here; whether there was something. */
  public boolean detach() {
    if (misled()) {
      return false;
    }
    try (Arena arena = Arena.ofConfined();
        LibbpfLog log = LibbpfLog.capture()) {
      int result = Libbpf.bpf_tc_detach(hook(arena), options(arena));
      if (result < 0 && !absent(result)) {
        throw log.failure("bpf_tc_detach", -result, subject());
      }
      return result == 0;
    }
  }

  /** The id of the program attached here. */
  public OptionalInt programId() {
    if (misled()) {
      return OptionalInt.empty();
    }
    try (Arena arena = Arena.ofConfined();
        LibbpfLog log = LibbpfLog.capture()) {
      MemorySegment options = options(arena);
      int result = Libbpf.bpf_tc_query(hook(arena), options);
      if (result < 0 && !absent(result)) {
        throw log.failure("bpf_tc_query", -result, subject());
      }
      return result < 0 ? OptionalInt.empty() : OptionalInt.of(bpf_tc_opts.prog_id(options));
    }
  }

  /** The name of the program attached here, as it was attached: libbpf adds the id. */
  public Optional<String> programName() {
    if (misled()) {
      return Optional.empty();
    }
    return FilterNames.of(ifindex, direction == Direction.EGRESS, priority, handle)
        .map(name -> name.replaceFirst(":\\[[0-9]+]$", ""));
  }

  /**
   * Whether a filter meant for packets that leave would be one for packets that come: an ingress
   * qdisc, as the bandwidth plugin of CNI adds it, takes the one for the other.
   */
  private boolean misled() {
    return direction == Direction.EGRESS && !Qdisc.isClsact(ifindex);
  }

  /** ENOENT without the filter, EINVAL without the qdisc, ENODEV without the interface. */
  private static boolean absent(int result) {
    return result == -Errno.ENOENT.code()
        || result == -Errno.EINVAL.code()
        || result == -Errno.ENODEV.code();
  }

  private String subject() {
    return "%s filter %d of interface %d".formatted(direction, priority, ifindex);
  }

  private MemorySegment options(Arena arena) {
    MemorySegment options = bpf_tc_opts.allocate(arena);
    bpf_tc_opts.sz(options, options.byteSize());
    bpf_tc_opts.priority(options, priority);
    bpf_tc_opts.handle(options, handle);
    return options;
  }

  private MemorySegment hook(Arena arena) {
    return hook(arena, ifindex, direction == Direction.INGRESS ? TC_INGRESS : TC_EGRESS);
  }

  private static MemorySegment hook(Arena arena, int ifindex, int point) {
    Library.require(Feature.CLSACT);
    MemorySegment hook = bpf_tc_hook.allocate(arena);
    bpf_tc_hook.sz(hook, hook.byteSize());
    bpf_tc_hook.ifindex(hook, ifindex);
    bpf_tc_hook.attach_point(hook, point);
    return hook;
  }
}
