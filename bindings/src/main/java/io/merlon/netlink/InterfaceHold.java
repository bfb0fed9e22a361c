package io.merlon.netlink;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Drops what the node forwards from or to interfaces of certain names, which need not exist yet:
 * the kernel looks at the name with each packet, so an interface is held from its first one on.
 * What the node itself sends or receives passes. It is a table of nf_tables', of the calling
 * thread's network namespace; while nothing is held there is none, and packets cost nothing.
 */
public final class InterfaceHold implements AutoCloseable {
  private static final int AF_NETLINK = 16;
  private static final int RAW_CLOSE_ON_EXEC = 3 | 0x80000;
  private static final int NETFILTER = 12; // NETLINK_NETFILTER
  private static final int SOL_SOCKET = 1;
  private static final int SEND_BUFFER_FORCE = 32; // SO_SNDBUFFORCE
  private static final int SEND_BUFFER = 4 << 20; // a message must fit it
  private static final int DONT_WAIT = 0x40; // the kernel has answered when send returns
  private static final int EAGAIN = 11;
  private static final int ERROR = 2; // NLMSG_ERROR
  private static final int CREATE = 0x400; // NLM_F_CREATE
  private static final int APPEND = 0x800; // NLM_F_APPEND

  private static final int NAME_LENGTH = 16; // IFNAMSIZ

  private static final String SET = "held";
  private static final String CHAIN = "forward";

  /** An attribute's length has sixteen bits, and an element takes 28 bytes. */
  private static final int ELEMENTS = 2000;

  private final String table;
  private final boolean lasting;
  private final int socket;

  private InterfaceHold(String table, boolean lasting, int socket) {
    this.table = table;
    this.lasting = lasting;
    this.socket = socket;
  }

  /**
   * Opens the way to a table, and does nothing yet.
   *
   * @param lasting whether it outlives this process; otherwise the kernel removes it with the
   *     socket (NFT_TABLE_F_OWNER, from Linux 5.12 on; before, {@link #replace} fails)
   */
  public static InterfaceHold open(String table, boolean lasting) {
    int socket = SocketCalls.socket(AF_NETLINK, RAW_CLOSE_ON_EXEC, NETFILTER);
    if (socket < 0) {
      throw new NetlinkException("socket", -socket, "table " + table);
    }
    SocketCalls.setOption(socket, SOL_SOCKET, SEND_BUFFER_FORCE, SEND_BUFFER);
    return new InterfaceHold(table, lasting, socket);
  }

  /** Holds these and no others, whatever was before: packets see one or the other. */
  public void replace(Set<String> names) {
    TableBatch batch = new TableBatch();
    batch.message(Type.NEW_TABLE, CREATE).text(1, table); // there is one then, to be deleted
    batch.message(Type.DELETE_TABLE, 0).text(1, table);
    if (!names.isEmpty()) {
      create(batch);
      elements(batch, Type.NEW_ELEMENTS, names);
    }
    send(batch);
  }

  /** Holds some more, and some no longer; there must be some held before. */
  public void change(Set<String> more, Set<String> noLonger) {
    TableBatch batch = new TableBatch();
    elements(batch, Type.NEW_ELEMENTS, more);
    elements(batch, Type.DELETE_ELEMENTS, noLonger);
    send(batch);
  }

  /** Whether the table is there, with all that makes it work. */
  public boolean isThere() {
    return answers(Type.GET_CHAIN, 3, CHAIN) && answers(Type.GET_SET, 2, SET);
  }

  /** The messages of linux/netfilter/nf_tables.h. */
  private static final class Type {
    static final int NEW_TABLE = 0;
    static final int DELETE_TABLE = 2;
    static final int NEW_CHAIN = 3;
    static final int GET_CHAIN = 4;
    static final int NEW_RULE = 6;
    static final int NEW_SET = 9;
    static final int GET_SET = 10;
    static final int NEW_ELEMENTS = 12;
    static final int DELETE_ELEMENTS = 14;
  }

  private void create(TableBatch batch) {
    batch.message(Type.NEW_TABLE, CREATE).text(1, table).number(2, lasting ? 0 : 2);
    batch
        .message(Type.NEW_CHAIN, CREATE)
        .text(1, table)
        .text(3, CHAIN)
        .nested(4, () -> batch.number(1, 2).number(2, -300)) // NF_INET_FORWARD, before all others
        .number(5, 1) // NF_ACCEPT
        .text(7, "filter");
    batch
        .message(Type.NEW_SET, CREATE)
        .text(1, table)
        .text(2, SET)
        .number(3, 0)
        .number(4, 41) // what nft(8) knows as ifname
        .number(5, NAME_LENGTH)
        .number(10, 1)
        .value(13, BYTE_ORDER);
    drop(batch, 6); // NFT_META_IIFNAME
    drop(batch, 7); // NFT_META_OIFNAME
  }

  /** For nft(8) alone, which would not show names otherwise: they are as this machine has them. */
  private static final byte[] BYTE_ORDER =
      ByteBuffer.allocate(6)
          .order(ByteOrder.nativeOrder())
          .put((byte) 0)
          .put((byte) 4)
          .putInt(1)
          .array();

  /** A rule: whose name is in the set, its packet is counted and dropped. */
  private void drop(TableBatch batch, int name) {
    batch
        .message(Type.NEW_RULE, CREATE | APPEND)
        .text(1, table)
        .text(2, CHAIN)
        .nested(
            4,
            () -> {
              expression(batch, "meta", () -> batch.number(1, 1).number(2, name));
              expression(batch, "lookup", () -> batch.text(1, SET).number(2, 1));
              expression(batch, "counter", () -> {});
              expression(
                  batch, "immediate", () -> batch.number(1, 0).nested(2, () -> verdict(batch)));
            });
  }

  private static void expression(TableBatch batch, String name, Runnable attributes) {
    batch.nested(1, () -> batch.text(1, name).nested(2, attributes));
  }

  /** NF_DROP. */
  private static void verdict(TableBatch batch) {
    batch.nested(2, () -> batch.number(1, 0));
  }

  private void elements(TableBatch batch, int type, Collection<String> names) {
    List<String> all = List.copyOf(names);
    for (int from = 0; from < all.size(); from += ELEMENTS) {
      List<String> some = all.subList(from, Math.min(all.size(), from + ELEMENTS));
      batch
          .message(type, type == Type.NEW_ELEMENTS ? CREATE : 0)
          .text(1, table)
          .text(2, SET)
          .nested(3, () -> some.forEach(name -> element(batch, name)));
    }
  }

  private static void element(TableBatch batch, String name) {
    byte[] key = Arrays.copyOf(name.getBytes(StandardCharsets.US_ASCII), NAME_LENGTH);
    batch.nested(1, () -> batch.nested(1, () -> batch.value(1, key)));
  }

  private void send(TableBatch batch) {
    int errno = exchange(batch.end());
    if (errno != 0) {
      throw new NetlinkException("nf_tables", errno, "table " + table);
    }
  }

  private boolean answers(int type, int attribute, String name) {
    return exchange(TableBatch.question(type, table, attribute, name)) == 0;
  }

  /** The first error of all answers, or 0. */
  private int exchange(byte[] message) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment sent = arena.allocate(message.length, 4);
      sent.copyFrom(MemorySegment.ofArray(message));
      int result = SocketCalls.send(socket, sent);
      int errno = result < 0 ? -result : 0;
      MemorySegment answer = arena.allocate(64 << 10, 8);
      int length = SocketCalls.receive(socket, answer, DONT_WAIT);
      while (length > 0) {
        int refused = error(answer.asSlice(0, length));
        errno = errno == 0 ? refused : errno;
        length = SocketCalls.receive(socket, answer, DONT_WAIT);
      }
      return errno != 0 || length == -EAGAIN ? errno : -length;
    }
  }

  private static int error(MemorySegment answers) {
    long at = 0;
    while (answers.byteSize() - at >= 20) {
      int code = answers.get(ValueLayout.JAVA_INT_UNALIGNED, at + 16);
      if (answers.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 4) == ERROR && code != 0) {
        return -code;
      }
      at += Math.max(20, (answers.get(ValueLayout.JAVA_INT_UNALIGNED, at) + 3L) & ~3L);
    }
    return 0;
  }

  /** A table that does not last goes now. */
  @Override
  public void close() {
    SocketCalls.close(socket);
  }
}
