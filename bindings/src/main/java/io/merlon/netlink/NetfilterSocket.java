package io.merlon.netlink;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** A socket to netfilter, in the network namespace of the thread that opened it. */
final class NetfilterSocket implements AutoCloseable {
  private static final int AF_NETLINK = 16;
  private static final int RAW_CLOSE_ON_EXEC = 3 | 0x80000;
  private static final int NETFILTER = 12; // NETLINK_NETFILTER
  private static final int SOL_SOCKET = 1;
  private static final int SEND_BUFFER_FORCE = 32; // SO_SNDBUFFORCE
  private static final int SEND_BUFFER = 4 << 20; // a message must fit it
  private static final int DONT_WAIT = 0x40; // the kernel has answered when send returns
  private static final int EAGAIN = 11;
  private static final int MESSAGE_HEADER = 16;
  private static final int ERROR = 2; // NLMSG_ERROR
  private static final int CONTROL = 16; // NLMSG_MIN_TYPE: what is below is netlink's own

  private final int socket;

  private NetfilterSocket(int socket) {
    this.socket = socket;
  }

  /**
   * Opens one.
   *
   * @param subject what for, as a failure says it
   */
  static NetfilterSocket open(String subject) {
    int socket = SocketCalls.socket(AF_NETLINK, RAW_CLOSE_ON_EXEC, NETFILTER);
    if (socket < 0) {
      throw new NetlinkException("socket", -socket, subject);
    }
    SocketCalls.setOption(socket, SOL_SOCKET, SEND_BUFFER_FORCE, SEND_BUFFER);
    return new NetfilterSocket(socket);
  }

  /**
   * What the kernel says to a message.
   *
   * @param errno the first error of all answers, or 0
   * @param bodies what else it says, without headers
   */
  record Answer(int errno, List<ByteBuffer> bodies) {}

  /** Says something to the kernel, which answers at once. */
  Answer ask(byte[] message) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment sent = arena.allocate(message.length, 4);
      sent.copyFrom(MemorySegment.ofArray(message));
      int result = SocketCalls.send(socket, sent);
      int errno = result < 0 ? -result : 0;
      List<ByteBuffer> bodies = new ArrayList<>();
      MemorySegment answer = arena.allocate(64 << 10, 8);
      int length = SocketCalls.receive(socket, answer, DONT_WAIT);
      while (length > 0) {
        int refused = read(answer.asSlice(0, length), bodies);
        errno = errno == 0 ? refused : errno;
        length = SocketCalls.receive(socket, answer, DONT_WAIT);
      }
      return new Answer(errno != 0 || length == -EAGAIN ? errno : -length, bodies);
    }
  }

  /** Adds the bodies of one datagram's messages; its first error, or 0. */
  private static int read(MemorySegment answers, List<ByteBuffer> bodies) {
    long at = 0;
    while (answers.byteSize() - at >= MESSAGE_HEADER + Integer.BYTES) {
      int length = answers.get(ValueLayout.JAVA_INT_UNALIGNED, at);
      int type = answers.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 4);
      int code = answers.get(ValueLayout.JAVA_INT_UNALIGNED, at + MESSAGE_HEADER);
      if (type == ERROR && code != 0) {
        return -code;
      }
      if (type > CONTROL && length > MESSAGE_HEADER && length <= answers.byteSize() - at) {
        byte[] body =
            answers
                .asSlice(at + MESSAGE_HEADER, length - MESSAGE_HEADER)
                .toArray(ValueLayout.JAVA_BYTE);
        bodies.add(ByteBuffer.wrap(body).order(ByteOrder.nativeOrder()));
      }
      at += Math.max(MESSAGE_HEADER + Integer.BYTES, MessageReader.aligned(length));
    }
    return 0;
  }

  @Override
  public void close() {
    SocketCalls.close(socket);
  }
}
