package io.merlon.netlink;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/**
 * A socket on which the kernel tells of links and host routes of the network namespace it was
 * opened in. One thread receives; any thread may {@link #wake} it. Closing must not race with
 * receiving.
 */
public final class RouteSocket implements AutoCloseable {
  /** What to do with a burst: the kernel keeps so many bytes of messages for a slow reader. */
  public static final int RECEIVE_BUFFER = 4 << 20;

  private static final int AF_NETLINK = 16;
  private static final int RAW_CLOSE_ON_EXEC = 3 | 0x80000;
  private static final int ROUTE = 0; // NETLINK_ROUTE
  private static final int GROUPS = 0x1 | 0x40 | 0x400; // links, IPv4 routes, IPv6 routes
  private static final int SOL_SOCKET = 1;
  private static final int RECEIVE_BUFFER_OPTION = 8; // SO_RCVBUF
  private static final int RECEIVE_BUFFER_FORCE = 33; // SO_RCVBUFFORCE
  private static final int EVENTFD_FLAGS = 0x80000 | 0x800; // EFD_CLOEXEC | EFD_NONBLOCK
  private static final int DONT_WAIT = 0x40;
  private static final int DUMP = 0x1 | 0x300; // NLM_F_REQUEST | NLM_F_DUMP
  private static final short READABLE = 1; // POLLIN
  private static final int EPERM = 1;
  private static final int EINTR = 4;
  private static final int EAGAIN = 11;
  private static final int ENOBUFS = 105;
  private static final String SUBJECT = "routing socket";

  /**
   * No message of a dump is larger than this (NLMSG_GOODSIZE is less, netlink_dump uses 32 KiB).
   */
  private static final int DATAGRAM = 256 << 10;

  private final Arena arena = Arena.ofShared();
  private final int socket;
  private final int wake;
  private final MemorySegment descriptors;
  private final MemorySegment memory;
  private final ByteBuffer datagram;
  private final MessageReader reader = new MessageReader();
  private int lastRequest;

  /** What a receive came back with. */
  public enum Reception {
    MESSAGES,
    /** The kernel had more to say than was read in time: some of it is lost. */
    OVERRUN,
    WOKEN
  }

  /** What can be asked for. */
  public enum Subject {
    LINKS(18, 0),
    ROUTES4(26, 2),
    ROUTES6(26, 10);

    private final int type;
    private final int family;

    Subject(int type, int family) {
      this.type = type;
      this.family = family;
    }
  }

  private RouteSocket(int socket, int wake) {
    this.socket = socket;
    this.wake = wake;
    this.memory = arena.allocate(DATAGRAM, 8);
    this.datagram = memory.asByteBuffer().order(ByteOrder.nativeOrder());
    this.descriptors = arena.allocate(16, 8);
    setDescriptor(0, socket);
    setDescriptor(1, wake);
  }

  private void setDescriptor(int index, int fd) {
    descriptors.set(ValueLayout.JAVA_INT, index * 8L, fd);
    descriptors.set(ValueLayout.JAVA_SHORT, index * 8L + 4, READABLE);
  }

  /** Opens one in the calling thread's network namespace; changes are told from now on. */
  public static RouteSocket open(int receiveBuffer) {
    int socket = check("socket", SocketCalls.socket(AF_NETLINK, RAW_CLOSE_ON_EXEC, ROUTE));
    try (Arena scratch = Arena.ofConfined()) {
      int forced = SocketCalls.setOption(socket, SOL_SOCKET, RECEIVE_BUFFER_FORCE, receiveBuffer);
      if (forced == -EPERM) { // not an administrator of the network: as much as anybody gets
        forced = SocketCalls.setOption(socket, SOL_SOCKET, RECEIVE_BUFFER_OPTION, receiveBuffer);
      }
      check("setsockopt", forced);
      MemorySegment address = scratch.allocate(12, 4);
      address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_NETLINK);
      address.set(ValueLayout.JAVA_INT, 8, GROUPS);
      check("bind", SocketCalls.bind(socket, address));
      return new RouteSocket(socket, check("eventfd", SocketCalls.eventfd(EVENTFD_FLAGS)));
    } catch (RuntimeException failure) {
      SocketCalls.close(socket);
      throw failure;
    }
  }

  /** Asks for everything of a kind; the answers come by {@link #receive}, the last an End. */
  public int request(Subject subject) {
    // A closed descriptor's number may be another file's by now.
    if (!arena.scope().isAlive()) {
      throw new IllegalStateException(SUBJECT + " is closed");
    }
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment message = scratch.allocate(32, 4);
      message.set(ValueLayout.JAVA_INT, 0, 32);
      message.set(ValueLayout.JAVA_SHORT, 4, (short) subject.type);
      message.set(ValueLayout.JAVA_SHORT, 6, (short) DUMP);
      message.set(ValueLayout.JAVA_INT, 8, ++lastRequest);
      message.set(ValueLayout.JAVA_BYTE, 16, (byte) subject.family);
      check("send", SocketCalls.send(socket, message));
      return lastRequest;
    }
  }

  /** Waits for the next messages and hands them over. */
  public Reception receive(Consumer<? super RouteMessage> sink) {
    while (true) {
      int ready = SocketCalls.poll(descriptors, 2);
      if (ready < 0 && ready != -EINTR) {
        throw new NetlinkException("poll", -ready, SUBJECT);
      }
      if (descriptors.get(ValueLayout.JAVA_SHORT, 14) != 0) {
        return Reception.WOKEN;
      }
      int length = SocketCalls.receive(socket, memory, DONT_WAIT);
      if (length == -ENOBUFS) {
        return Reception.OVERRUN;
      }
      if (length >= 0) {
        reader.read(datagram.clear().limit(length), sink);
        return Reception.MESSAGES;
      }
      if (length != -EAGAIN && length != -EINTR) {
        throw new NetlinkException("recv", -length, SUBJECT);
      }
    }
  }

  /** Ends the receive under way, and every later one; of a closed socket there is none. */
  public void wake() {
    if (arena.scope().isAlive()) {
      check("eventfd_write", SocketCalls.signal(wake));
    }
  }

  private static int check(String call, int result) {
    if (result < 0) {
      throw new NetlinkException(call, -result, SUBJECT);
    }
    return result;
  }

  /** Memory goes first: while it is in use this throws, and both descriptors stay open. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
      SocketCalls.close(socket);
      SocketCalls.close(wake);
    }
  }
}
