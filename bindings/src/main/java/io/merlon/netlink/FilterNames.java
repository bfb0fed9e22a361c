package io.merlon.netlink;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a bpf filter of traffic control is called. Anybody who may administer the network may ask,
 * while lists of the kernel's programs are for CAP_SYS_ADMIN alone (kernel/bpf/syscall.c,
 * bpf_obj_get_next_id).
 */
public final class FilterNames {
  private static final int AF_NETLINK = 16;
  private static final int RAW_CLOSE_ON_EXEC = 3 | 0x80000;
  private static final int ROUTE = 0; // NETLINK_ROUTE
  private static final int REQUEST = 1; // NLM_F_REQUEST
  private static final int DONT_WAIT = 0x40; // the kernel has answered when send returns
  private static final int GET_FILTER = 46;
  private static final int NEW_FILTER = 44;
  private static final int INGRESS_PLACE = 0xfffffff2; // of TC_H_CLSACT
  private static final int EGRESS_PLACE = 0xfffffff3;
  private static final int ETH_P_ALL = 0x0300; // in network order
  private static final int KIND = 1; // TCA_KIND
  private static final int OPTIONS = 2; // TCA_OPTIONS
  private static final int NAME = 7; // TCA_BPF_NAME
  private static final byte[] BPF = "bpf\0".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADERS = 36; // struct nlmsghdr and struct tcmsg

  private FilterNames() {}

  /**
   * The name somebody gave the filter at a clsact qdisc when attaching it.
   *
   * @param egress of the qdisc's two places
   */
  public static Optional<String> of(int ifindex, boolean egress, int priority, int handle) {
    String subject = "filter %d of interface %d".formatted(priority, ifindex);
    int socket = check("socket", SocketCalls.socket(AF_NETLINK, RAW_CLOSE_ON_EXEC, ROUTE), subject);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment question = question(arena, ifindex, egress, priority);
      question.set(ValueLayout.JAVA_INT, 24, handle);
      check("send", SocketCalls.send(socket, question), subject);
      MemorySegment answer = arena.allocate(16 << 10, 8);
      int length = check("recv", SocketCalls.receive(socket, answer, DONT_WAIT), subject);
      return Optional.ofNullable(name(answer.asSlice(0, length)));
    } finally {
      SocketCalls.close(socket);
    }
  }

  private static MemorySegment question(Arena arena, int ifindex, boolean egress, int priority) {
    MemorySegment message = arena.allocate(HEADERS + 4 + BPF.length, 4);
    message.set(ValueLayout.JAVA_INT, 0, HEADERS + 4 + BPF.length);
    message.set(ValueLayout.JAVA_SHORT, 4, (short) GET_FILTER);
    message.set(ValueLayout.JAVA_SHORT, 6, (short) REQUEST);
    message.set(ValueLayout.JAVA_INT, 20, ifindex);
    message.set(ValueLayout.JAVA_INT, 28, egress ? EGRESS_PLACE : INGRESS_PLACE);
    message.set(ValueLayout.JAVA_INT, 32, priority << 16 | ETH_P_ALL);
    message.set(ValueLayout.JAVA_SHORT, 36, (short) (4 + BPF.length));
    message.set(ValueLayout.JAVA_SHORT, 38, (short) KIND);
    MemorySegment.copy(BPF, 0, message, ValueLayout.JAVA_BYTE, 40, BPF.length);
    return message;
  }

  /** Null without a filter there, or one without a name. */
  private static @Nullable String name(MemorySegment answer) {
    if (answer.byteSize() < HEADERS || answer.get(ValueLayout.JAVA_SHORT, 4) != NEW_FILTER) {
      return null;
    }
    ByteBuffer body = answer.asByteBuffer().order(ByteOrder.nativeOrder());
    ByteBuffer options = Attributes.of(body, HEADERS).get(OPTIONS);
    ByteBuffer name = options == null ? null : Attributes.of(options, 0).get(NAME);
    if (name == null) {
      return null;
    }
    String text = StandardCharsets.UTF_8.decode(name).toString();
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }

  private static int check(String call, int result, String subject) {
    if (result < 0) {
      throw new NetlinkException(call, -result, subject);
    }
    return result;
  }
}
