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
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Frames as they are, at one interface: packet(7). Of a frame longer than a page that is sent, the
 * kernel keeps only the Ethernet header in the packet's linear part (packet_alloc_skb() in
 * net/packet/af_packet.c).
 */
final class PacketSocket implements AutoCloseable {
  private static final int FAMILY = 17; // AF_PACKET
  private static final int RAW_CLOSE_ON_EXEC = 0x80003; // SOCK_RAW | SOCK_CLOEXEC
  private static final int DO_NOT_WAIT = 0x40; // MSG_DONTWAIT
  private static final int TRY_AGAIN = 11; // EAGAIN
  private static final long ADDRESS_SIZE = 20; // struct sockaddr_ll
  private static final long PROTOCOL = 2;
  private static final long INTERFACE = 4;
  private static final long LONGEST = 1 << 16;

  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = CALL_STATE.varHandle(PathElement.groupElement("errno"));
  private static final MethodHandle SOCKET =
      handle("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle BIND =
      handle("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle SEND =
      handle("send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle RECEIVE =
      handle("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle CLOSE =
      handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private final int fd;
  private final int ifindex;

  private PacketSocket(int ifindex, int ethertype) {
    this.ifindex = ifindex;
    this.fd =
        (int)
            call(
                "socket",
                (_, state) -> (int) SOCKET.invokeExact(state, FAMILY, RAW_CLOSE_ON_EXEC, 0));
    try {
      call(
          "bind",
          (arena, state) -> {
            MemorySegment at = arena.allocate(ADDRESS_SIZE, Integer.BYTES);
            at.set(JAVA_SHORT, 0, (short) FAMILY);
            at.set(JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN), PROTOCOL, (short) ethertype);
            at.set(JAVA_INT, INTERFACE, ifindex);
            return (int) BIND.invokeExact(state, fd, at, (int) ADDRESS_SIZE);
          });
    } catch (RuntimeException failure) {
      close();
      throw failure;
    }
  }

  private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        descriptor,
        Linker.Option.captureCallState("errno"));
  }

  /** Sends one frame out of an interface of the namespace. */
  static void send(NetworkNamespace namespace, int ifindex, byte[] frame) {
    namespace.run(() -> {
      try (PacketSocket socket = new PacketSocket(ifindex, 0)) {
        socket.send(frame);
      }
    });
  }

  /**
   * Hears what arrives at an interface and is of one ethertype. Unlike who listens to all, it hears
   * only what the programs at the interface let pass (__netif_receive_skb_core() in
   * net/core/dev.c).
   */
  static PacketSocket listen(NetworkNamespace namespace, int ifindex, int ethertype) {
    return namespace.call(() -> new PacketSocket(ifindex, ethertype));
  }

  private void send(byte[] frame) {
    long sent =
        call(
            "send",
            (arena, state) -> {
              MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, frame);
              return (long) SEND.invokeExact(state, fd, bytes, (long) frame.length, 0);
            });
    if (sent != frame.length) {
      throw new IllegalStateException("send at interface %d: %d".formatted(ifindex, sent));
    }
  }

  /** The next frame heard, if any is. */
  Optional<byte[]> next() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(LONGEST);
      long length =
          call(
              "recv",
              (_, state) -> {
                long got = (long) RECEIVE.invokeExact(state, fd, bytes, LONGEST, DO_NOT_WAIT);
                return got < 0 && (int) ERRNO.get(state, 0L) == TRY_AGAIN ? 0 : got;
              });
      return length == 0
          ? Optional.empty()
          : Optional.of(bytes.asSlice(0, length).toArray(JAVA_BYTE));
    }
  }

  @Override
  public void close() {
    call("close", (_, state) -> (int) CLOSE.invokeExact(state, fd));
  }

  /** One of the kernel's, by a handle. */
  private interface Call {
    long in(Arena arena, MemorySegment state) throws Throwable;
  }

  private static long call(String name, Call call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      long result = call.in(arena, state);
      if (result < 0) {
        throw new IllegalStateException("%s: errno %d".formatted(name, (int) ERRNO.get(state, 0L)));
      }
      return result;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(name, e);
    }
  }
}
