package io.merlon.datapath.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.merlon.bpf.BpfProgram;
import io.merlon.bpf.Direction;
import io.merlon.bpf.TcxLink;
import io.merlon.datapath.harness.Frame;
import io.merlon.datapath.harness.Hook;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * Frames whose headers are not all linear, which no test run takes: a packet(7) socket sends them
 * out of the lines' interfaces, where programs are asked, and is told what they drop.
 */
final class Wire implements AutoCloseable {
  private static final int FAMILY = 17; // AF_PACKET
  private static final int RAW_CLOSE_ON_EXEC = 0x80003; // SOCK_RAW | SOCK_CLOEXEC
  private static final int SOL_SOCKET = 1;
  private static final int SO_MARK = 36;
  private static final int SOL_PACKET = 263;
  private static final int PACKET_VNET_HDR = 15;
  private static final int DROPPED = 105; // ENOBUFS

  /** struct sockaddr_ll. */
  private static final long ADDRESS_SIZE = 20;

  private static final long INTERFACE = 4;

  /** struct virtio_net_hdr: how much is linear, its third and fourth byte say. */
  private static final long HEAD = 10;

  private static final long LINEAR = 2;

  private static final int SENT = 0x8000_0000;

  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = CALL_STATE.varHandle(PathElement.groupElement("errno"));
  private static final MethodHandle SOCKET =
      handle("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle SETSOCKOPT =
      handle("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle SENDTO =
      handle("sendto", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle CLOSE = handle("close", JAVA_INT, JAVA_INT);

  private final List<TcxLink> links;
  private final int fd;

  Wire(Devices devices, BpfProgram program) {
    devices.up();
    fd =
        check(
            "socket", (_, state) -> (int) SOCKET.invokeExact(state, FAMILY, RAW_CLOSE_ON_EXEC, 0));
    option(SOL_PACKET, PACKET_VNET_HDR, 1);
    links =
        devices.indexes().stream()
            .map(ifindex -> TcxLink.attach(program, ifindex, Direction.EGRESS))
            .toList();
  }

  private static MethodHandle handle(String name, MemoryLayout result, MemoryLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.captureCallState("errno"));
  }

  private void option(int level, int name, int value) {
    check(
        "setsockopt",
        (arena, state) -> {
          MemorySegment at = arena.allocateFrom(JAVA_INT, value);
          return (int) SETSOCKOPT.invokeExact(state, fd, level, name, at, Integer.BYTES);
        });
  }

  /** Whether it passes. */
  boolean passes(Hook hook, int ifindex, Frame frame) {
    option(SOL_SOCKET, SO_MARK, SENT | hook.ordinal() << 16 | frame.mark());
    int result =
        call((arena, state) -> {
          MemorySegment to = arena.allocate(ADDRESS_SIZE, Integer.BYTES);
          to.set(JAVA_SHORT, 0, (short) FAMILY);
          to.set(JAVA_INT, INTERFACE, ifindex);
          long length = HEAD + frame.bytes().length;
          MemorySegment bytes = arena.allocate(length, Integer.BYTES);
          bytes.set(JAVA_SHORT, LINEAR, (short) frame.linear());
          MemorySegment.copy(frame.bytes(), 0, bytes, JAVA_BYTE, HEAD, frame.bytes().length);
          return (int)
              (long) SENDTO.invokeExact(state, fd, bytes, length, 0, to, (int) ADDRESS_SIZE);
        });
    if (result < 0 && result != -DROPPED) {
      throw new IllegalStateException("sendto: errno " + -result);
    }
    return result >= 0;
  }

  private interface Call {
    int in(Arena arena, MemorySegment state) throws Throwable;
  }

  private static int check(String name, Call call) {
    int result = call(call);
    if (result < 0) {
      throw new IllegalStateException(name + ": errno " + -result);
    }
    return result;
  }

  /** The call's result, or its error negated. */
  private static int call(Call call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      int result = call.in(arena, state);
      return result < 0 ? -(int) ERRNO.get(state, 0L) : result;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    links.forEach(TcxLink::close);
    check("close", (_, state) -> (int) CLOSE.invokeExact(state, fd));
  }
}
