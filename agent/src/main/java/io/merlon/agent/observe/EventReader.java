package io.merlon.agent.observe;

import io.merlon.bpf.EventHandler;
import io.merlon.bpf.RingBuffer;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the kernel's events on a thread of its own. Nobody wakes it: it looks every millisecond
 * while there is much to read, and less often the less there is. To wake up costs far more than to
 * read an event.
 */
public final class EventReader implements AutoCloseable {
  private static final int AT_ONCE = 4096;
  static final long SHORTEST = TimeUnit.MILLISECONDS.toNanos(1);
  static final long LONGEST = TimeUnit.MILLISECONDS.toNanos(64);

  /** The longest wait where there was something. */
  static final long LONG = TimeUnit.MILLISECONDS.toNanos(8);

  /** So many events at a look are much; the default ring has room for 11,900. */
  private static final int MUCH = 512;

  private static final int LITTLE = 64;

  private static final Logger LOG = LoggerFactory.getLogger(EventReader.class);

  private final Events events;
  private final Sink sink;
  private final Thread thread;
  private volatile boolean stopped;
  private final AtomicLong read = new AtomicLong();
  private final AtomicLong unreadable = new AtomicLong();

  /** Where events come from. */
  public interface Events {
    /** Hands over what is there, so many at most, and says how many that were. */
    int poll(EventHandler handler, int most);

    void close();

    /** Those of the kernel; closed with what is returned. */
    static Events of(RingBuffer ring) {
      return new Events() {
        @Override
        public int poll(EventHandler handler, int most) {
          return ring.poll(handler, most);
        }

        @Override
        public void close() {
          ring.close();
        }
      };
    }
  }

  /** Takes events. */
  public interface Sink extends Consumer<ByteBuffer> {
    /** Takes one; see {@link io.merlon.datapath.Event} for what is in it. It must not be kept. */
    @Override
    void accept(ByteBuffer event);

    /** Is called after each look, whether there was anything or not. */
    void looked();
  }

  private EventReader(Events events, Sink sink) {
    this.events = events;
    this.sink = sink;
    this.thread = Thread.ofPlatform().name("merlon-events").daemon().unstarted(this::run);
  }

  /**
   * Starts one.
   *
   * @param events is closed when the reader is
   */
  public static EventReader start(Events events, Sink sink) {
    EventReader reader = new EventReader(events, sink);
    reader.thread.start();
    return reader;
  }

  private void run() {
    long wait = SHORTEST;
    while (!stopped) {
      int found = events.poll(this::hand, AT_ONCE);
      read.addAndGet(found);
      looked();
      wait = next(wait, found);
      if (found < AT_ONCE) {
        LockSupport.parkNanos(wait);
      }
    }
  }

  /** How long to wait after so many were found after that wait. */
  static long next(long wait, int found) {
    if (found > MUCH) {
      return SHORTEST;
    }
    if (found > LITTLE) {
      return Math.min(wait, LONG);
    }
    return Math.min(2 * wait, found == 0 ? LONGEST : LONG);
  }

  /** One that nobody understands costs the others nothing. */
  private void hand(ByteBuffer event) {
    try {
      sink.accept(event);
    } catch (RuntimeException e) {
      if (unreadable.getAndIncrement() == 0) {
        LOG.atError().setCause(e).log("an event was not understood; no more is said of others");
      }
    }
  }

  private void looked() {
    try {
      sink.looked();
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("events were not handed on");
    }
  }

  /** How many of those read were not understood. */
  public long unreadable() {
    return unreadable.get();
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
