package io.merlon.bpf;

/** What a put expects of the entry. */
public enum PutMode {
  /** Create or replace. */
  ANY(0),
  /** Create; an existing entry is an error. */
  NO_EXIST(1),
  /** Replace; an absent entry is an error. */
  EXIST(2);

  private final long flag;

  PutMode(long flag) {
    this.flag = flag;
  }

  /** The kernel's flag. */
  long flag() {
    return flag;
  }
}
