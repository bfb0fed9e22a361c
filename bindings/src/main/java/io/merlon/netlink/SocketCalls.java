package io.merlon.netlink;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** The system calls of a socket. Results are the value, or the error negated. */
final class SocketCalls {
  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = CALL_STATE.varHandle(PathElement.groupElement("errno"));
  private static final Linker LINKER = Linker.nativeLinker();

  private static final MethodHandle SOCKET =
      handle("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle BIND =
      handle("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle SETSOCKOPT =
      handle(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle SEND =
      handle("send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle RECV =
      handle("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle POLL =
      handle("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle EVENTFD =
      handle("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle EVENTFD_WRITE =
      handle("eventfd_write", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
  private static final MethodHandle CLOSE =
      handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle SETNS =
      handle("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle UNSHARE =
      handle("unshare", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle OPEN =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("open"),
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.firstVariadicArg(2),
          Linker.Option.captureCallState("errno"));

  private SocketCalls() {}

  private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        descriptor,
        Linker.Option.captureCallState("errno"));
  }

  /** A downcall that is given the memory its errno goes to. */
  private interface Call {
    long invoke(MemorySegment state, Arena arena) throws Throwable;
  }

  private static long result(Call call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      long result = call.invoke(state, arena);
      return result < 0 ? -(int) ERRNO.get(state, 0L) : result;
    } catch (RuntimeException | Error failure) {
      throw failure;
    } catch (Throwable failure) {
      throw new AssertionError("a downcall threw a checked exception", failure);
    }
  }

  static int socket(int domain, int type, int protocol) {
    return (int) result((state, _) -> (int) SOCKET.invokeExact(state, domain, type, protocol));
  }

  static int bind(int fd, MemorySegment address) {
    int size = (int) address.byteSize();
    return (int) result((state, _) -> (int) BIND.invokeExact(state, fd, address, size));
  }

  static int setOption(int fd, int level, int option, int value) {
    return (int)
        result((state, arena) -> {
          MemorySegment memory = arena.allocateFrom(JAVA_INT, value);
          return (int) SETSOCKOPT.invokeExact(state, fd, level, option, memory, Integer.BYTES);
        });
  }

  static int send(int fd, MemorySegment message) {
    return (int)
        result((state, _) -> (long) SEND.invokeExact(state, fd, message, message.byteSize(), 0));
  }

  static int receive(int fd, MemorySegment into, int flags) {
    return (int)
        result((state, _) -> (long) RECV.invokeExact(state, fd, into, into.byteSize(), flags));
  }

  /** Waits for input on any of the descriptors: an array of struct pollfd. */
  static int poll(MemorySegment descriptors, long count) {
    return (int) result((state, _) -> (int) POLL.invokeExact(state, descriptors, count, -1));
  }

  static int eventfd(int flags) {
    return (int) result((state, _) -> (int) EVENTFD.invokeExact(state, 0, flags));
  }

  static int signal(int eventfd) {
    return (int) result((state, _) -> (int) EVENTFD_WRITE.invokeExact(state, eventfd, 1L));
  }

  static int close(int fd) {
    return (int) result((state, _) -> (int) CLOSE.invokeExact(state, fd));
  }

  static int open(String path, int flags) {
    return (int)
        result((state, arena) -> (int) OPEN.invokeExact(state, arena.allocateFrom(path), flags));
  }

  static int setns(int fd, int kind) {
    return (int) result((state, _) -> (int) SETNS.invokeExact(state, fd, kind));
  }

  static int unshare(int kind) {
    return (int) result((state, _) -> (int) UNSHARE.invokeExact(state, kind));
  }
}
