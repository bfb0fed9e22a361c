package io.merlon.bpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The memory of an ARRAY map of 8-byte values, created with {@link MapSpec#MMAPABLE}, shared with
 * the kernel: words are read and written without system calls. A single word is never torn. {@link
 * #set} publishes: a program that sees the word sees everything written before it.
 */
public final class MappedArray implements AutoCloseable {
  private static final VarHandle WORD = ValueLayout.JAVA_LONG.arrayElementVarHandle();

  /** 32 Ki words at a time: the kernel counts all that is mapped as resident, touched or not. */
  private static final int WINDOW_BITS = 15;

  private static final int WINDOW = 1 << WINDOW_BITS;

  private final Arena arena = Arena.ofShared();
  private final Fd fd;
  private final @Nullable MemorySegment[] windows;
  private final long length;

  private MappedArray(BpfMap<?, ?> map, long length) {
    this.length = length;
    this.windows = new MemorySegment[Math.toIntExact((length + WINDOW - 1) >>> WINDOW_BITS)];
    this.fd = Fd.duplicateOf(map.fd(), "map " + map.name());
    try {
      window(0);
    } catch (RuntimeException failure) {
      close();
      throw failure;
    }
  }

  private MemorySegment window(long index) {
    MemorySegment window = windows[(int) (index >>> WINDOW_BITS)];
    return window == null ? map((int) (index >>> WINDOW_BITS)) : window;
  }

  private synchronized MemorySegment map(int number) {
    MemorySegment window = windows[number];
    if (window == null) {
      long begin = (long) number << WINDOW_BITS;
      long bytes = Math.min(WINDOW, length - begin) * Long.BYTES;
      LibC.MappedPages pages = new LibC.MappedPages(begin * Long.BYTES, true);
      window = LibC.map(fd.number(), bytes, pages, arena, fd.subject());
      windows[number] = window;
    }
    return window;
  }

  private static long within(long index) {
    return index & (WINDOW - 1);
  }

  /** How many of so many words from an index on lie in the same window. */
  private static int together(long index, long count) {
    return (int) Math.min(count, WINDOW - within(index));
  }

  /** Maps a map's memory; it outlives the map's descriptor. */
  public static MappedArray of(BpfMap<?, ?> map) {
    MapInfo info = map.info();
    if (info.type() != MapType.ARRAY
        || info.valueSize() != Long.BYTES
        || (info.flags() & MapSpec.MMAPABLE) == 0) {
      throw new BpfException("map " + info.name() + " is no mappable array of 8-byte values");
    }
    return new MappedArray(map, Integer.toUnsignedLong(info.maxEntries()));
  }

  /** The number of words. */
  public long length() {
    return length;
  }

  public long get(long index) {
    check(index, 1);
    return (long) WORD.getAcquire(window(index), 0L, within(index));
  }

  public void set(long index, long word) {
    check(index, 1);
    WORD.setRelease(window(index), 0L, within(index), word);
  }

  /** Writes words in no particular order; a later {@link #set} publishes them. */
  public void copyIn(long index, long[] source) {
    copyIn(index, source, 0, source.length);
  }

  public void copyIn(long index, long[] source, int from, int count) {
    check(index, count);
    int part;
    for (int done = 0; done < count; done += part) {
      long at = index + done;
      part = together(at, count - done);
      MemorySegment.copy(
          source, from + done, window(at), ValueLayout.JAVA_LONG, within(at) * Long.BYTES, part);
    }
  }

  public void copyOut(long index, long[] target) {
    check(index, target.length);
    VarHandle.acquireFence();
    int part;
    for (int done = 0; done < target.length; done += part) {
      long at = index + done;
      part = together(at, target.length - done);
      MemorySegment.copy(
          window(at), ValueLayout.JAVA_LONG, within(at) * Long.BYTES, target, done, part);
    }
  }

  /** Sets words to one value, in no particular order. */
  public void fill(long index, long count, long word) {
    check(index, count);
    for (long i = index; i < index + count; i++) {
      window(i).setAtIndex(ValueLayout.JAVA_LONG, within(i), word);
    }
  }

  private void check(long index, long count) {
    if (index < 0 || count < 0 || index > length - count) {
      throw new IndexOutOfBoundsException(
          "words %d to %d of %d".formatted(index, index + count, length));
    }
  }

  /** Ends the mapping; later access throws. */
  @Override
  public void close() {
    fd.close();
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
