package io.merlon.bpf;

import java.util.Objects;
import java.util.Set;

/** A call into the kernel or libbpf that failed: which call, with which error, on what. */
public class BpfException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Calls whose EPERM means the process, not the object; libbpf guesses at other causes. */
  private static final Set<String> NEED_PRIVILEGES =
      Set.of(
          "bpf_object__load",
          "bpf_map_create",
          "bpf_link_create",
          "bpf_prog_query",
          "bpf_tc_hook_create",
          "bpf_tc_attach",
          "bpf_enable_stats");

  /** Calls that are for administrators of the whole system (kernel/bpf/syscall.c). */
  private static final Set<String> NEED_ADMINISTRATOR =
      Set.of(
          "bpf_map_get_fd_by_id",
          "bpf_prog_get_fd_by_id",
          "bpf_link_get_fd_by_id",
          "bpf_obj_get_next_id",
          "bpf_obj_get_fd_by_id");

  private final String call;
  private final int code;
  private final String subject;
  private final String log;

  /** A fact that is no failed call, such as an absent library. */
  public BpfException(String message) {
    super(message);
    this.call = "";
    this.code = 0;
    this.subject = "";
    this.log = "";
  }

  public BpfException(String call, int code, String subject) {
    this(call, code, subject, "", "");
  }

  /** {@code detail} joins the message; {@code log} is kept whole beside it. */
  BpfException(String call, int code, String subject, String detail, String log) {
    super(message(call, code, subject, detail));
    this.call = call;
    this.code = code;
    this.subject = subject;
    this.log = log;
  }

  private static String message(String call, int code, String subject, String detail) {
    Errno errno = Errno.of(code);
    String name = errno == Errno.OTHER ? "errno " + code : errno.name();
    String fact = call + ": " + name + " (" + errno.text() + "): " + subject;
    if (errno == Errno.EPERM && NEED_PRIVILEGES.contains(call)) {
      return fact + ": run as root, or with CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN";
    }
    if (errno == Errno.EPERM && NEED_ADMINISTRATOR.contains(call)) {
      return fact + ": run as root, or with CAP_SYS_ADMIN";
    }
    return detail.isEmpty() ? fact : fact + ": " + detail;
  }

  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }

  /** The function that failed, empty when none did. */
  public String call() {
    return call;
  }

  public Errno errno() {
    return Errno.of(code);
  }

  /** The number behind {@link #errno()}, which also tells apart what Errno does not name. */
  public int code() {
    return code;
  }

  /** What it was done to. */
  public String subject() {
    return subject;
  }

  /** Everything libbpf said during the call, the verifier's log included; empty when nothing. */
  public String log() {
    return log;
  }
}
