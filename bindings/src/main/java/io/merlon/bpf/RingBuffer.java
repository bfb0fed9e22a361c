package io.merlon.bpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Reads the events of a RINGBUF map straight from its pages, which costs a few nanoseconds each and
 * allocates nothing. One reader at a time. What does not fit is refused to the producer, which is
 * where losses are counted. The layout is documented in the kernel's Documentation/bpf/ringbuf.rst:
 * a page with the consumer's position, a page with the producer's, and the data mapped twice in a
 * row, so that no event is ever split.
 */
public final class RingBuffer implements AutoCloseable {
  private static final int HEADER = 8;
  private static final int BUSY = 1 << 31;
  private static final int DISCARDED = 1 << 30;
  private static final short POLLIN = 1;

  /** Of poll(2), whose negative times have no end. */
  private static final Duration LONGEST_WAIT = Duration.ofMillis(Integer.MAX_VALUE);

  private static final VarHandle POSITION = ValueLayout.JAVA_LONG.varHandle();
  private static final VarHandle LENGTH = ValueLayout.JAVA_INT.varHandle();

  private final Fd fd;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment consumer;
  private final MemorySegment producer;
  private final MemorySegment data;
  private final ByteBuffer view;
  private final long mask;

  /** Space goes back to the producers in such pieces: its page is theirs to read at every event. */
  private final long releaseSize;

  private final MemorySegment callState = arena.allocate(LibC.CALL_STATE);
  private final MemorySegment pollDescriptor = arena.allocate(8, 8);

  /** Its data is mapped twice, in one buffer. */
  private static final int MAX_SIZE = 1 << 29;

  private RingBuffer(Fd fd, int size) {
    if (size < 0 || size > MAX_SIZE) {
      arena.close();
      throw new BpfException(
          "%s has %s bytes, a reader can have %d"
              .formatted(fd.subject(), Integer.toUnsignedString(size), MAX_SIZE));
    }
    this.fd = fd;
    int page = LibC.pageSize();
    this.mask = size - 1L;
    this.releaseSize = size / 16L;
    try {
      this.consumer =
          LibC.map(fd.number(), page, new LibC.MappedPages(0, true), arena, fd.subject());
      MemorySegment readable =
          LibC.map(
              fd.number(),
              page + 2L * size,
              new LibC.MappedPages(page, false),
              arena,
              fd.subject());
      this.producer = readable.asSlice(0, page);
      this.data = readable.asSlice(page);
    } catch (RuntimeException failure) {
      arena.close();
      throw failure;
    }
    this.view = data.asByteBuffer().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    pollDescriptor.set(ValueLayout.JAVA_INT, 0, fd.number());
    pollDescriptor.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
  }

  /** Opens the reader of an object's ring buffer; it keeps its own descriptor. */
  public static RingBuffer of(BpfObject object, String map) {
    MapInfo info = object.mapInfo(map);
    if (info.type() != MapType.RINGBUF) {
      throw new BpfException("map " + map + " is a " + info.type() + ", no ring buffer");
    }
    Fd own = Fd.duplicateOf(object.mapFd(map), "map " + map);
    return opened(own, info);
  }

  /** Opens the reader of a pinned ring buffer. */
  public static RingBuffer openPinned(Path path) {
    Fd own = Pins.open(path, Pins.Kind.MAP);
    try {
      MapInfo info = MapInfo.of(own.number(), own.subject());
      if (info.type() != MapType.RINGBUF) {
        throw new BpfException(path + " is a " + info.type() + ", no ring buffer");
      }
      return opened(own, info);
    } catch (RuntimeException failure) {
      own.close();
      throw failure;
    }
  }

  private static RingBuffer opened(Fd own, MapInfo info) {
    try {
      return new RingBuffer(own, info.maxEntries());
    } catch (RuntimeException failure) {
      own.close();
      throw failure;
    }
  }

  /**
   * Hands over what is there, {@code max} events at most, and says how many that were. If the
   * handler throws, the event counts as read.
   */
  public int poll(EventHandler handler, int max) {
    int handled = 0;
    long released = (long) POSITION.get(consumer, 0L);
    long position = released;
    long end = (long) POSITION.getAcquire(producer, 0L);
    try {
      while (position < end && handled < max) {
        long offset = position & mask;
        int header = (int) LENGTH.getAcquire(data, offset);
        if ((header & BUSY) != 0) {
          break;
        }
        int length = header & ~DISCARDED;
        position += (length + HEADER + 7L) & ~7L;
        if ((header & DISCARDED) == 0) {
          int start = (int) offset + HEADER;
          handled++;
          handler.onEvent(view.limit(start + length).position(start));
        }
        if (position - released >= releaseSize) {
          POSITION.setRelease(consumer, 0L, position);
          released = position;
        }
        if (position == end) {
          end = (long) POSITION.getAcquire(producer, 0L);
        }
      }
    } finally {
      POSITION.setRelease(consumer, 0L, position);
    }
    return handled;
  }

  /**
   * Waits until a producer has woken readers up with events unread, or the time is over; whether
   * there is something to read.
   */
  public boolean await(Duration timeout) {
    Duration within = timeout.compareTo(LONGEST_WAIT) < 0 ? timeout : LONGEST_WAIT;
    int milliseconds = within.isNegative() ? 0 : (int) within.toMillis();
    int result = LibC.poll(callState, pollDescriptor, milliseconds);
    if (result < 0 && result != -Errno.EINTR.code()) {
      throw new BpfException("poll", -result, fd.subject());
    }
    return result > 0;
  }

  /** The bytes written and not read yet. */
  public long backlog() {
    return (long) POSITION.getAcquire(producer, 0L) - (long) POSITION.get(consumer, 0L);
  }

  /** Ends the reader; throws, and ends nothing, while another thread is in {@link #await}. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
    fd.close();
  }
}
