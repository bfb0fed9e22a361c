package io.merlon.netlink;

import io.merlon.bpf.Errno;
import java.util.Objects;

/** A system call that failed: which, with which error, on what. */
public final class NetlinkException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int code;

  NetlinkException(String call, int code, String subject) {
    super(message(call, code, subject));
    this.code = code;
  }

  private static String message(String call, int code, String subject) {
    Errno errno = Errno.of(code);
    String name = errno == Errno.OTHER ? "errno " + code : errno.name();
    return "%s: %s (%s): %s".formatted(call, name, errno.text(), subject);
  }

  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }

  /** The error's number. */
  public int code() {
    return code;
  }
}
