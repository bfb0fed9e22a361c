package io.merlon.bpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * The network namespace of one thread. setns(2) moves the calling thread alone; what it opens from
 * then on belongs to the namespace, whichever thread uses it.
 */
public final class NetworkNamespace {
  private static final int NETWORK = 0x40000000; // CLONE_NEWNET
  private static final int READ_CLOSE_ON_EXEC = 0x80000; // O_RDONLY | O_CLOEXEC

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

  private NetworkNamespace() {}

  private static MethodHandle handle(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
  }

  /**
   * Moves the calling thread, which must be a platform thread, for the rest of its life.
   *
   * @param namespace a file that stands for one, as in /run/netns
   */
  public static void enter(Path namespace) {
    if (Thread.currentThread().isVirtual()) {
      throw new IllegalStateException("a virtual thread would move its carrier to " + namespace);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(LibC.CALL_STATE);
      MemorySegment path = arena.allocateFrom(namespace.toString());
      int opened = (int) OPEN.invokeExact(state, path, READ_CLOSE_ON_EXEC);
      check("open", opened, state, namespace);
      int result = (int) SETNS.invokeExact(state, opened, NETWORK);
      try {
        check("setns", result, state, namespace);
      } finally {
        LibC.close(opened);
      }
    } catch (Throwable failure) {
      throw LibC.propagate(failure);
    }
  }

  private static void check(String call, int result, MemorySegment state, Path namespace) {
    if (result < 0) {
      throw new BpfException(call, LibC.errno(state), "network namespace " + namespace);
    }
  }
}
