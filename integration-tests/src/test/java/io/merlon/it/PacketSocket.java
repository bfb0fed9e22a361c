package io.merlon.it;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * Sends frames as they are: packet(7). Of a frame longer than a page, the kernel keeps only the
 * Ethernet header in the packet's linear part (packet_alloc_skb() in net/packet/af_packet.c).
 */
final class PacketSocket {
  private static final int FAMILY = 17; // AF_PACKET
  private static final int RAW_CLOSE_ON_EXEC = 0x80003; // SOCK_RAW | SOCK_CLOEXEC
  private static final long ADDRESS_SIZE = 20; // struct sockaddr_ll
  private static final long INTERFACE = 4;

  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = CALL_STATE.varHandle(PathElement.groupElement("errno"));
  private static final MethodHandle SOCKET =
      handle("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle SENDTO =
      handle(
          "sendto",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle CLOSE =
      handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private PacketSocket() {}

  private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        descriptor,
        Linker.Option.captureCallState("errno"));
  }

  /** Sends one frame out of an interface of the namespace. */
  static void send(NetworkNamespace namespace, int ifindex, byte[] frame) {
    namespace.run(() -> send(ifindex, frame));
  }

  private static void send(int ifindex, byte[] frame) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      int fd = (int) SOCKET.invokeExact(state, FAMILY, RAW_CLOSE_ON_EXEC, 0);
      check("socket", fd, state);
      MemorySegment to = arena.allocate(ADDRESS_SIZE, Integer.BYTES);
      to.set(JAVA_SHORT, 0, (short) FAMILY);
      to.set(JAVA_INT, INTERFACE, ifindex);
      MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, frame);
      long sent =
          (long)
              SENDTO.invokeExact(state, fd, bytes, (long) frame.length, 0, to, (int) ADDRESS_SIZE);
      int errno = (int) ERRNO.get(state, 0L);
      int ignored = (int) CLOSE.invokeExact(state, fd);
      if (sent != frame.length) {
        throw new IllegalStateException(
            "sendto interface %d: %d, errno %d".formatted(ifindex, sent, errno));
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("sending a frame", e);
    }
  }

  private static void check(String call, int result, MemorySegment state) {
    if (result < 0) {
      throw new IllegalStateException("%s: errno %d".formatted(call, (int) ERRNO.get(state, 0L)));
    }
  }
}
