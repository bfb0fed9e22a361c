package io.merlon.bpf;

import java.util.HashMap;
import java.util.Map;

/** The errors the kernel and libbpf report, with Linux' numbers for amd64 and arm64. */
public enum Errno {
  OTHER(0, "unknown error"),
  EPERM(1, "operation not permitted"),
  ENOENT(2, "no such entry"),
  EINTR(4, "interrupted"),
  EIO(5, "input/output error"),
  E2BIG(7, "too big, or the map is full"),
  EBADF(9, "bad file descriptor"),
  EAGAIN(11, "try again"),
  ENOMEM(12, "out of memory"),
  EACCES(13, "permission denied"),
  EFAULT(14, "bad address"),
  EBUSY(16, "busy"),
  EEXIST(17, "exists already"),
  ENODEV(19, "no such device"),
  ENOTDIR(20, "not a directory"),
  EINVAL(22, "invalid argument"),
  EMFILE(24, "too many open files"),
  ENOSPC(28, "no space left"),
  EROFS(30, "read-only file system"),
  ERANGE(34, "out of range"),
  ENAMETOOLONG(36, "name too long"),
  ENOSYS(38, "no such system call"),
  ENOLINK(67, "link is gone"),
  EOVERFLOW(75, "value too large"),
  EOPNOTSUPP(95, "not supported"),
  ETIMEDOUT(110, "timed out"),
  ESTALE(116, "stale"),
  /** The kernel's own ENOTSUPP, which never got a place in errno.h. */
  ENOTSUPP(524, "not supported by this kind of object"),
  LIBELF(4000, "libelf failed"),
  FORMAT(4001, "not a BPF object file"),
  KVERSION(4002, "wrong kernel version section"),
  ENDIAN(4003, "wrong byte order"),
  INTERNAL(4004, "internal error of libbpf"),
  RELOC(4005, "relocation failed"),
  LOAD(4006, "load failed"),
  VERIFY(4007, "verifier rejected the program"),
  PROG2BIG(4008, "program too big"),
  KVER(4009, "wrong kernel version"),
  PROGTYPE(4010, "program type not supported");

  private static final Map<Integer, Errno> BY_CODE = new HashMap<>();

  static {
    for (Errno errno : values()) {
      BY_CODE.put(errno.code, errno);
    }
  }

  private final int code;
  private final String text;

  Errno(int code, String text) {
    this.code = code;
    this.text = text;
  }

  /** The error of a number, or OTHER. */
  public static Errno of(int code) {
    return BY_CODE.getOrDefault(code, OTHER);
  }

  public int code() {
    return code;
  }

  /** What it means, in a few lower-case words. */
  public String text() {
    return text;
  }
}
