package io.merlon.bpf.bench;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** The work in C, see src/jmh/c/baseline.c. */
final class Baseline {
  /** Where the compiled C lies. */
  static final String LIBRARY = "merlon.bench.baseline";

  private static final SymbolLookup LOOKUP =
      SymbolLookup.libraryLookup(Path.of(System.getProperty(LIBRARY)), Arena.global());

  private static final MethodHandle UPDATE = handle("baseline_update", JAVA_INT, JAVA_LONG);
  private static final MethodHandle LOOK_UP = handle("baseline_look_up", JAVA_INT, JAVA_LONG);
  private static final MethodHandle LOAD =
      Linker.nativeLinker()
          .downcallHandle(
              LOOKUP.findOrThrow("baseline_load"),
              FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle ENTRIES =
      Linker.nativeLinker()
          .downcallHandle(
              LOOKUP.findOrThrow("baseline_entries"), FunctionDescriptor.of(ADDRESS, JAVA_INT));
  private static final MethodHandle RING =
      Linker.nativeLinker()
          .downcallHandle(
              LOOKUP.findOrThrow("baseline_ring"), FunctionDescriptor.of(ADDRESS, JAVA_INT));
  private static final MethodHandle DRAIN =
      Linker.nativeLinker()
          .downcallHandle(
              LOOKUP.findOrThrow("baseline_drain"), FunctionDescriptor.of(JAVA_INT, ADDRESS));
  private static final MethodHandle RING_FREE =
      Linker.nativeLinker()
          .downcallHandle(
              LOOKUP.findOrThrow("baseline_ring_free"), FunctionDescriptor.ofVoid(ADDRESS));

  private Baseline() {}

  private static MethodHandle handle(String name, ValueLayout fd, ValueLayout from) {
    MemoryLayout[] arguments = {fd, from, JAVA_INT};
    return Linker.nativeLinker()
        .downcallHandle(LOOKUP.findOrThrow(name), FunctionDescriptor.of(JAVA_INT, arguments));
  }

  static int update(int fd, long from, int count) {
    try {
      return (int) UPDATE.invokeExact(fd, from, count);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static int lookUp(int fd, long from, int count) {
    try {
      return (int) LOOK_UP.invokeExact(fd, from, count);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static MemorySegment entries(int count) {
    try {
      return (MemorySegment) ENTRIES.invokeExact(count);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static int load(int fd, MemorySegment entries, int count, int chunk) {
    try {
      return (int) LOAD.invokeExact(fd, entries, count, chunk);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static MemorySegment ring(int fd) {
    try {
      return (MemorySegment) RING.invokeExact(fd);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static int drain(MemorySegment ring) {
    try {
      return (int) DRAIN.invokeExact(ring);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static void freeRing(MemorySegment ring) {
    try {
      RING_FREE.invokeExact(ring);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
