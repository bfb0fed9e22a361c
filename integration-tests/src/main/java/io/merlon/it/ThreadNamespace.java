package io.merlon.it;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/**
 * The network namespace of one thread. setns(2) moves the calling thread alone; what it opens from
 * then on belongs to the namespace, whichever thread uses it.
 */
final class ThreadNamespace {
  private static final int NETWORK = 0x40000000; // CLONE_NEWNET
  private static final int READ_CLOSE_ON_EXEC = 0x80000; // O_RDONLY | O_CLOEXEC

  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = CALL_STATE.varHandle(PathElement.groupElement("errno"));
  private static final MethodHandle OPEN =
      handle(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.firstVariadicArg(2),
          Linker.Option.captureCallState("errno"));
  private static final MethodHandle SETNS =
      handle(
          "setns",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT),
          Linker.Option.captureCallState("errno"));
  private static final MethodHandle CLOSE =
      handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private ThreadNamespace() {}

  private static MethodHandle handle(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
  }

  /** Moves the calling thread, which must be a platform thread, for the rest of its life. */
  static void enter(Path namespace) {
    if (Thread.currentThread().isVirtual()) {
      throw new IllegalStateException("a virtual thread would move its carrier to " + namespace);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      MemorySegment path = arena.allocateFrom(namespace.toString());
      int fd = (int) OPEN.invokeExact(state, path, READ_CLOSE_ON_EXEC);
      check("open", fd, state, namespace);
      int result = (int) SETNS.invokeExact(state, fd, NETWORK);
      int ignored = (int) CLOSE.invokeExact(fd);
      check("setns", result, state, namespace);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("entering " + namespace, e);
    }
  }

  private static void check(String call, int result, MemorySegment state, Path namespace) {
    if (result < 0) {
      int errno = (int) ERRNO.get(state, 0L);
      throw new IllegalStateException("%s %s: errno %d".formatted(call, namespace, errno));
    }
  }
}
