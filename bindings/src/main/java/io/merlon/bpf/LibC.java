package io.merlon.bpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The few functions of libc this module needs. They, and libbpf's functions that return a pointer,
 * report errors through errno, which is captured per call: the JVM may overwrite it at any moment
 * between two calls. Results are the value, or the error negated, as libbpf's int functions do.
 */
final class LibC {
  static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();

  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(java.lang.foreign.MemoryLayout.PathElement.groupElement("errno"));
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LIBC = LINKER.defaultLookup();

  private static final MethodHandle MMAP =
      errnoHandle(
          "mmap",
          FunctionDescriptor.of(
              ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
  private static final MethodHandle MUNMAP =
      errnoHandle("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle CLOSE =
      errnoHandle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle POLL =
      errnoHandle("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle STATFS =
      errnoHandle("statfs", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle IF_NAMETOINDEX =
      errnoHandle("if_nametoindex", FunctionDescriptor.of(JAVA_INT, ADDRESS));
  private static final MethodHandle CLOCK_GETRES =
      errnoHandle("clock_getres", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
  private static final MethodHandle MOUNT =
      errnoHandle(
          "mount", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
  private static final MethodHandle FCNTL =
      LINKER.downcallHandle(
          LIBC.findOrThrow("fcntl"),
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
          Linker.Option.captureCallState("errno"),
          Linker.Option.firstVariadicArg(2));

  private static final MethodHandle GETPAGESIZE =
      handle("getpagesize", FunctionDescriptor.of(JAVA_INT));

  private static final int F_DUPFD_CLOEXEC = 1030;

  private LibC() {}

  static MethodHandle errnoHandle(MemorySegment address, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(address, descriptor, Linker.Option.captureCallState("errno"));
  }

  private static MethodHandle errnoHandle(String name, FunctionDescriptor descriptor) {
    return errnoHandle(LIBC.findOrThrow(name), descriptor);
  }

  static MethodHandle handle(String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(LIBC.findOrThrow(name), descriptor);
  }

  static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  /** Maps a file descriptor's memory; the mapping ends with the arena. */
  static MemorySegment map(int fd, long length, MappedPages pages, Arena arena, String subject) {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment state = scratch.allocate(CALL_STATE);
      MemorySegment address =
          (MemorySegment)
              MMAP.invokeExact(
                  state,
                  MemorySegment.NULL,
                  length,
                  pages.protection(),
                  pages.flags(),
                  fd,
                  pages.offset());
      if (address.address() == -1L) {
        throw new BpfException("mmap", errno(state), subject);
      }
      return address.reinterpret(length, arena, LibC::unmap);
    } catch (Throwable failure) {
      throw propagate(failure);
    }
  }

  /** Which pages to map, and how. */
  record MappedPages(long offset, boolean writable) {
    int protection() {
      return writable ? 3 : 1;
    }

    int flags() {
      return 1;
    }
  }

  private static void unmap(MemorySegment mapping) {
    try (Arena scratch = Arena.ofConfined()) {
      int ignored =
          (int) MUNMAP.invokeExact(scratch.allocate(CALL_STATE), mapping, mapping.byteSize());
    } catch (Throwable failure) {
      throw propagate(failure);
    }
  }

  static void close(int fd) {
    try (Arena scratch = Arena.ofConfined()) {
      int ignored = (int) CLOSE.invokeExact(scratch.allocate(CALL_STATE), fd);
    } catch (Throwable failure) {
      throw propagate(failure);
    }
  }

  static int duplicate(int fd) {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment state = scratch.allocate(CALL_STATE);
      int result = (int) FCNTL.invokeExact(state, fd, F_DUPFD_CLOEXEC, 0);
      return result < 0 ? -errno(state) : result;
    } catch (Throwable failure) {
      throw propagate(failure);
    }
  }

  /** {@code state} is the caller's, so that a poll every millisecond allocates nothing. */
  static int poll(MemorySegment state, MemorySegment descriptors, int milliseconds) {
    try {
      int result = (int) POLL.invokeExact(state, descriptors, 1L, milliseconds);
      return result < 0 ? -errno(state) : result;
    } catch (Throwable failure) {
      throw propagate(failure);
    }
  }

  /** The magic number of the file system a path lies on, or the error negated. */
  static long fileSystemType(String path) {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment state = scratch.allocate(CALL_STATE);
      MemorySegment buffer = scratch.allocate(256, 8);
      int result = (int) STATFS.invokeExact(state, scratch.allocateFrom(path), buffer);
      return result < 0 ? -errno(state) : buffer.get(JAVA_LONG, 0);
    } catch (Throwable failure) {
      throw propagate(failure);
    }
  }

  static int pageSize() {
    try {
      return (int) GETPAGESIZE.invokeExact();
    } catch (Throwable failure) {
      throw propagate(failure);
    }
  }

  static int interfaceIndex(String name) {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment state = scratch.allocate(CALL_STATE);
      int index = (int) IF_NAMETOINDEX.invokeExact(state, scratch.allocateFrom(name));
      return index == 0 ? -errno(state) : index;
    } catch (Throwable failure) {
      throw propagate(failure);
    }
  }

  /** The resolution of a clock in nanoseconds, or the error negated. */
  static long clockResolution(int clock) {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment state = scratch.allocate(CALL_STATE);
      MemorySegment time = scratch.allocate(JAVA_LONG, 2);
      int result = (int) CLOCK_GETRES.invokeExact(state, clock, time);
      return result < 0 ? -errno(state) : time.getAtIndex(JAVA_LONG, 1);
    } catch (Throwable failure) {
      throw propagate(failure);
    }
  }

  /** Mounts a file system that needs neither a device nor options; 0, or the error negated. */
  static int mount(String type, String folder) {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment state = scratch.allocate(CALL_STATE);
      MemorySegment name = scratch.allocateFrom(type);
      int result =
          (int)
              MOUNT.invokeExact(
                  state, name, scratch.allocateFrom(folder), name, 0L, MemorySegment.NULL);
      return result < 0 ? -errno(state) : result;
    } catch (Throwable failure) {
      throw propagate(failure);
    }
  }

  static RuntimeException propagate(Throwable failure) {
    return switch (failure) {
      case RuntimeException unchecked -> unchecked;
      case Error error -> throw error;
      default -> throw new AssertionError("a downcall threw a checked exception", failure);
    };
  }
}
