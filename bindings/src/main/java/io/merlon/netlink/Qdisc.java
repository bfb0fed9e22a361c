package io.merlon.netlink;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** What traffic control has at an interface. */
public final class Qdisc {
  private static final int AF_NETLINK = 16;
  private static final int RAW_CLOSE_ON_EXEC = 3 | 0x80000;
  private static final int ROUTE = 0; // NETLINK_ROUTE
  private static final int REQUEST = 1 | 4; // NLM_F_REQUEST | NLM_F_ACK
  private static final int DONT_WAIT = 0x40; // the kernel has answered when send returns
  private static final int GET_QDISC = 38;
  private static final int ERROR = 2;
  private static final int CLSACT_PLACE = 0xfffffff1; // TC_H_CLSACT, which is TC_H_INGRESS too
  private static final int KIND = 1; // TCA_KIND
  private static final byte[] CLSACT = "clsact\0".getBytes(StandardCharsets.US_ASCII);
  private static final int ENOENT = 2;
  private static final int EINVAL = 22;
  private static final int ENODEV = 19;

  private Qdisc() {}

  /**
   * Whether the interface has a clsact qdisc. Others can be in its place: an ingress qdisc has no
   * egress, and takes a filter meant for it into its ingress. Asked for a kind, the kernel answers
   * EINVAL where it finds another (net/sched/sch_api.c, tc_get_qdisc).
   */
  public static boolean isClsact(int ifindex) {
    String subject = "qdisc of interface " + ifindex;
    int socket = check("socket", SocketCalls.socket(AF_NETLINK, RAW_CLOSE_ON_EXEC, ROUTE), subject);
    try (Arena arena = Arena.ofConfined()) {
      check("send", SocketCalls.send(socket, question(arena, ifindex)), subject);
      MemorySegment answer = arena.allocate(16 << 10, 8);
      int length = check("recv", SocketCalls.receive(socket, answer, DONT_WAIT), subject);
      if (length < 20 || answer.get(ValueLayout.JAVA_SHORT, 4) != ERROR) {
        return true;
      }
      int errno = -answer.get(ValueLayout.JAVA_INT, 16);
      return switch (errno) {
        case 0 -> true;
        case ENOENT, EINVAL, ENODEV -> false;
        default -> throw new NetlinkException("RTM_GETQDISC", errno, subject);
      };
    } finally {
      SocketCalls.close(socket);
    }
  }

  /** A struct nlmsghdr, a struct tcmsg and one attribute. */
  private static MemorySegment question(Arena arena, int ifindex) {
    int attribute = 4 + CLSACT.length;
    MemorySegment message = arena.allocate(36 + ((attribute + 3) & ~3), 4);
    message.set(ValueLayout.JAVA_INT, 0, 36 + attribute);
    message.set(ValueLayout.JAVA_SHORT, 4, (short) GET_QDISC);
    message.set(ValueLayout.JAVA_SHORT, 6, (short) REQUEST);
    message.set(ValueLayout.JAVA_INT, 20, ifindex);
    message.set(ValueLayout.JAVA_INT, 28, CLSACT_PLACE);
    message.set(ValueLayout.JAVA_SHORT, 36, (short) attribute);
    message.set(ValueLayout.JAVA_SHORT, 38, (short) KIND);
    MemorySegment.copy(CLSACT, 0, message, ValueLayout.JAVA_BYTE, 40, CLSACT.length);
    return message;
  }

  private static int check(String call, int result, String subject) {
    if (result < 0) {
      throw new NetlinkException(call, -result, subject);
    }
    return result;
  }
}
