package io.merlon.bpf;

import io.merlon.bpf.raw.Libbpf;

/** While open, the kernel counts the runs and the run time of all programs, at a cost to each. */
public final class RunStatistics implements AutoCloseable {
  private static final int RUN_TIME = 0;

  private final Fd fd;

  private RunStatistics(Fd fd) {
    this.fd = fd;
  }

  public static RunStatistics enable() {
    Library.require(Feature.RUN_STATISTICS);
    String subject = "run statistics";
    return new RunStatistics(Fd.of("bpf_enable_stats", Libbpf.bpf_enable_stats(RUN_TIME), subject));
  }

  @Override
  public void close() {
    fd.close();
  }
}
