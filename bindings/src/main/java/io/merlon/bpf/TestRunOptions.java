package io.merlon.bpf;

/** One test run: a packet, what the program is told about it, and how often it runs. */
public final class TestRunOptions {
  /** How much longer the program may make the packet. */
  private static final int GROWTH = 256;

  private final byte[] packet;
  private final SkbContext context;
  private final int repeat;

  /**
   * One run at the loopback device.
   *
   * @param packet from its Ethernet header on, which must not be all of it: since 6.1 the kernel
   *     refuses an empty payload
   */
  public TestRunOptions(byte[] packet) {
    this(packet.clone(), SkbContext.NONE, 1);
  }

  private TestRunOptions(byte[] packet, SkbContext context, int repeat) {
    this.packet = packet;
    this.context = context;
    this.repeat = repeat;
  }

  public TestRunOptions withContext(SkbContext skb) {
    return new TestRunOptions(packet, skb, repeat);
  }

  /** The duration is then the mean; the packet after each run is the next one's. */
  public TestRunOptions withRepeat(int times) {
    requireRepeat(times);
    return new TestRunOptions(packet, context, times);
  }

  /** The kernel would take a negative number for billions. */
  static void requireRepeat(int times) {
    if (times < 0) {
      throw new IllegalArgumentException("repeat " + times);
    }
  }

  byte[] packet() {
    return packet;
  }

  SkbContext context() {
    return context;
  }

  int repeat() {
    return repeat;
  }

  int capacity() {
    return packet.length + GROWTH;
  }
}
