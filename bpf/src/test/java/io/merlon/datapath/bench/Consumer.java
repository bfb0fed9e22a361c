package io.merlon.datapath.bench;

import io.merlon.bpf.RingBuffer;
import io.merlon.datapath.Datapath;
import io.merlon.datapath.Event;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads a datapath's events on another processor as the agent does: by a look every millisecond.
 */
final class Consumer implements AutoCloseable {
  private static final long INTERVAL_NANOS = 1_000_000;
  private static final long DEADLINE_NANOS = 10_000_000_000L;

  private final RingBuffer events;
  private final Thread thread;
  private final AtomicLong read = new AtomicLong();
  private volatile boolean stopped;

  Consumer(Datapath datapath) {
    events = datapath.events();
    thread = Thread.ofPlatform().name("consumer").start(this::consume);
  }

  private void consume() {
    Cpu.pinThread(0);
    while (!stopped) {
      events.poll(this::decode, Integer.MAX_VALUE);
      LockSupport.parkNanos(INTERVAL_NANOS);
    }
  }

  private void decode(ByteBuffer bytes) {
    if (Event.CODEC.decode(bytes).kind() == Event.Kind.SUPPRESSED) {
      throw new IllegalStateException("no event is suppressed here");
    }
    read.incrementAndGet();
  }

  /** Events read so far. */
  long read() {
    return read.get();
  }

  /** Waits until nothing is unread. */
  void awaitRead() {
    long deadline = System.nanoTime() + DEADLINE_NANOS;
    while (events.backlog() > 0) {
      if (!thread.isAlive() || System.nanoTime() > deadline) {
        throw new IllegalStateException(events.backlog() + " bytes of events are not read");
      }
      LockSupport.parkNanos(INTERVAL_NANOS);
    }
  }

  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    events.close();
  }
}
