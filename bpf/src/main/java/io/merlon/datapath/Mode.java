package io.merlon.datapath;

/** What becomes of a denied packet of a pod: {@code enum mode}. */
public enum Mode {
  /** It is dropped. */
  ENFORCE,
  /** It passes, recorded as one that would be denied. */
  AUDIT,
  /** It passes, recorded as seen. */
  OBSERVE;

  public int code() {
    return ordinal();
  }

  public static Mode of(int code) {
    return values()[code];
  }
}
