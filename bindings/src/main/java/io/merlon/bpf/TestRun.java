package io.merlon.bpf;

/** What a test run gave. */
public final class TestRun {
  private final int retval;
  private final int durationNanos;
  private final byte[] data;
  private final SkbContext context;

  TestRun(int retval, int durationNanos, byte[] data, SkbContext context) {
    this.retval = retval;
    this.durationNanos = durationNanos;
    this.data = data;
    this.context = context;
  }

  /** The program's return value, such as TC_ACT_OK. */
  public int retval() {
    return retval;
  }

  /** Of one run, the mean of all. */
  public int durationNanos() {
    return durationNanos;
  }

  /** The packet after the run. */
  public byte[] data() {
    return data.clone();
  }

  /** The context after the run. */
  public SkbContext context() {
    return context;
  }
}
