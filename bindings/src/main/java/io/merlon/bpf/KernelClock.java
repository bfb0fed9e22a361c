package io.merlon.bpf;

/** The clock of which programs read the ticks. */
public final class KernelClock {
  private static final int CLOCK_MONOTONIC_COARSE = 6;
  private static final long SECOND = 1_000_000_000L;

  private KernelClock() {}

  /**
   * How many jiffies a second has: the kernel's CONFIG_HZ, which no file of /proc tells. The coarse
   * clocks advance by ticks, and clock_getres(2) says how long one is.
   */
  public static int jiffiesPerSecond() {
    long tick = LibC.clockResolution(CLOCK_MONOTONIC_COARSE);
    if (tick <= 0) {
      throw new BpfException("clock_getres", (int) -tick, "coarse clock");
    }
    return (int) ((SECOND + tick / 2) / tick);
  }
}
