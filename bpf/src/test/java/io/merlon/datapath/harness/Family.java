package io.merlon.datapath.harness;

/** The two address families; every story is told in both. */
public enum Family {
  V4(4),
  V6(16);

  private final int bytes;

  Family(int bytes) {
    this.bytes = bytes;
  }

  /** The length of an address in bytes. */
  public int bytes() {
    return bytes;
  }
}
