package io.merlon.agent.observe;

import io.merlon.bpf.RingBuffer;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Reads the kernel's events on a thread of its own. Nobody wakes it: it looks every millisecond
 * while there is something to read, and less often the longer there was nothing.
 */
public final class EventReader implements AutoCloseable {
  private static final int AT_ONCE = 4096;
  private static final long SHORTEST = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long LONGEST = TimeUnit.MILLISECONDS.toNanos(32);

  private final RingBuffer events;
  private final Sink sink;
  private final Thread thread;
  private volatile boolean stopped;
  private final AtomicLong read = new AtomicLong();

  /** Takes events. */
  public interface Sink extends Consumer<ByteBuffer> {
    /** Takes one; see {@link io.merlon.datapath.Event} for what is in it. It must not be kept. */
    @Override
    void accept(ByteBuffer event);

    /** Is called after each look, whether there was anything or not. */
    void looked();
  }

  private EventReader(RingBuffer events, Sink sink) {
    this.events = events;
    this.sink = sink;
    this.thread = Thread.ofPlatform().name("merlon-events").daemon().unstarted(this::run);
  }

  /**
   * Starts one.
   *
   * @param events is closed when the reader is
   */
  public static EventReader start(RingBuffer events, Sink sink) {
    EventReader reader = new EventReader(events, sink);
    reader.thread.start();
    return reader;
  }

  private void run() {
    long wait = SHORTEST;
    while (!stopped) {
      int found = events.poll(sink::accept, AT_ONCE);
      read.addAndGet(found);
      sink.looked();
      wait = found > 0 ? SHORTEST : Math.min(2 * wait, LONGEST);
      if (found < AT_ONCE) {
        LockSupport.parkNanos(wait);
      }
    }
  }

  /** How many events were read. */
  public long read() {
    return read.get();
  }

  @Override
  public void close() {
    stopped = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
      events.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
