package io.merlon.bpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The memory of an ARRAY map of 8-byte values, created with {@link MapSpec#MMAPABLE}, shared with
 * the kernel: words are read and written without system calls. A single word is never torn. {@link
 * #set} publishes: a program that sees the word sees everything written before it.
 */
public final class MappedArray implements AutoCloseable {
  private static final VarHandle WORD = ValueLayout.JAVA_LONG.arrayElementVarHandle();

  private final Arena arena = Arena.ofShared();
  private final MemorySegment words;
  private final long length;

  private MappedArray(BpfMap<?, ?> map, long length) {
    this.length = length;
    try {
      this.words =
          LibC.map(
              map.fd(),
              length * Long.BYTES,
              new LibC.MappedPages(0, true),
              arena,
              "map " + map.name());
    } catch (RuntimeException failure) {
      arena.close();
      throw failure;
    }
  }

  /** Maps a map's memory; the mapping outlives the map's descriptor. */
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
    return (long) WORD.getAcquire(words, 0L, index);
  }

  public void set(long index, long word) {
    check(index, 1);
    WORD.setRelease(words, 0L, index, word);
  }

  /** Writes words in no particular order; a later {@link #set} publishes them. */
  public void copyIn(long index, long[] source) {
    copyIn(index, source, 0, source.length);
  }

  public void copyIn(long index, long[] source, int from, int count) {
    check(index, count);
    MemorySegment.copy(source, from, words, ValueLayout.JAVA_LONG, index * Long.BYTES, count);
  }

  public void copyOut(long index, long[] target) {
    check(index, target.length);
    VarHandle.acquireFence();
    MemorySegment.copy(words, ValueLayout.JAVA_LONG, index * Long.BYTES, target, 0, target.length);
  }

  /** Sets words to one value, in no particular order. */
  public void fill(long index, long count, long word) {
    check(index, count);
    for (long i = index; i < index + count; i++) {
      words.setAtIndex(ValueLayout.JAVA_LONG, i, word);
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
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
