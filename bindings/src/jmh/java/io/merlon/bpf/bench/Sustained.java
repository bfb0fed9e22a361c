package io.merlon.bpf.bench;

import io.merlon.bpf.BpfObject;
import io.merlon.bpf.Codec;
import io.merlon.bpf.RingBuffer;
import io.merlon.bpf.TestRunner;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * A steady million events a second, produced by one thread and read by another that looks every
 * millisecond: what was read, what was lost, what reading cost, and how long the reader was kept
 * from looking.
 */
record Sustained(double eventsPerSecond, long lost, double readerCpu, double longestPauseMillis) {
  private static final int RING = 1 << 20;
  private static final int BURST = 500;
  private static final long PERIOD = 500_000;

  /** A producer that was held up goes on at four times its rate, not with all at once. */
  private static final long CATCH_UP = PERIOD / 4;

  /** What the ring holds at this rate. */
  private static final double SLACK_MILLIS = 14;

  /** Whether the reader got no processor for longer than any reader could afford. */
  boolean heldUp() {
    return longestPauseMillis > SLACK_MILLIS;
  }

  static Sustained measure(Duration duration) {
    try (BpfObject object = Events.load(RING);
        RingBuffer ring = RingBuffer.of(object, "events");
        TestRunner runner = object.program("produce").testRunner(64).repeat(BURST)) {
      AtomicBoolean done = new AtomicBoolean();
      Reader reader = new Reader(ring, done);
      Thread thread = Thread.ofPlatform().start(reader);
      long start = System.nanoTime();
      long last = start;
      for (long next = start; next - start < duration.toNanos(); next += PERIOD) {
        while (System.nanoTime() < Math.max(next, last + CATCH_UP)) {
          Thread.onSpinWait();
        }
        last = System.nanoTime();
        runner.run(64);
      }
      long elapsed = System.nanoTime() - start;
      done.set(true);
      thread.join();
      long lost = object.map("counts", Codec.u32(), Codec.u64()).get(1).orElseThrow();
      return new Sustained(
          reader.events * 1e9 / elapsed,
          lost,
          (double) reader.cpuNanos / elapsed,
          reader.longestPause / 1e6);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Reader implements Runnable {
    private final RingBuffer ring;
    private final AtomicBoolean done;
    private long events;
    private long sum;
    private long cpuNanos;
    private long longestPause;

    Reader(RingBuffer ring, AtomicBoolean done) {
      this.ring = ring;
      this.done = done;
    }

    @Override
    public void run() {
      boolean last;
      long looked = System.nanoTime();
      do {
        last = done.get();
        long now = System.nanoTime();
        longestPause = Math.max(longestPause, now - looked);
        looked = now;
        events += ring.poll(event -> sum += event.getLong(), Integer.MAX_VALUE);
        LockSupport.parkNanos(1_000_000);
      } while (!last);
      cpuNanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
  }
}
