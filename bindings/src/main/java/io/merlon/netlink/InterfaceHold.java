package io.merlon.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Drops what the node forwards from or to interfaces of certain names, which need not exist yet:
 * the kernel looks at the name with each packet, so an interface is held from its first one on.
 * What the node itself sends or receives passes. It is a table of nf_tables', of the calling
 * thread's network namespace; while nothing is held there is none, and packets cost nothing.
 *
 * <p>What is dropped is counted by the table's rules, and goes on where it was when the table is
 * made anew, by whichever process.
 */
public final class InterfaceHold implements AutoCloseable {
  private static final int CREATE = 0x400; // NLM_F_CREATE
  private static final int APPEND = 0x800; // NLM_F_APPEND

  private static final int NAME_LENGTH = 16; // IFNAMSIZ
  private static final int TIMEOUT = 0x10; // NFT_SET_TIMEOUT

  private static final String SET = "held";
  private static final String CHAIN = "forward";

  /** An attribute's length has sixteen bits, and an element takes 28 bytes. */
  private static final int ELEMENTS = 2000;

  private final String table;
  private final Duration remembered;
  private final NetfilterSocket socket;
  private HoldRules made = new HoldRules(List.of(), List.of());
  private Dropped counted = Dropped.NOTHING;

  /**
   * Packets that were dropped.
   *
   * @param from those that came from what is held
   * @param to those that went there
   */
  public record Dropped(long from, long to) {
    public static final Dropped NOTHING = new Dropped(0, 0);

    /** Counts do not go back. */
    private Dropped atLeast(Dropped other) {
      return new Dropped(Math.max(from, other.from), Math.max(to, other.to));
    }
  }

  private InterfaceHold(String table, Duration remembered, NetfilterSocket socket) {
    this.table = table;
    this.remembered = remembered;
    this.socket = socket;
  }

  /**
   * Opens the way to a table, and does nothing yet. What is held is held on when this process is
   * gone.
   *
   * @param remembered for how long a name is held that nobody renews; {@link Duration#ZERO}: for
   *     ever
   */
  public static InterfaceHold open(String table, Duration remembered) {
    return new InterfaceHold(table, remembered, NetfilterSocket.open("table " + table));
  }

  /** Holds these and no others, whatever was before: packets see one or the other. */
  public void replace(Set<String> names) {
    Dropped before = dropped();
    TableBatch batch = new TableBatch();
    batch.message(Type.NEW_TABLE, CREATE).text(1, table); // there is one then, to be deleted
    batch.message(Type.DELETE_TABLE, 0).text(1, table);
    if (!names.isEmpty()) {
      create(batch, before);
      elements(batch, Type.NEW_ELEMENTS, names);
    }
    send(batch);
    made = rules();
  }

  /** Holds these and no others, for as long again; the table must be there. */
  public void renew(Set<String> names) {
    TableBatch batch = new TableBatch();
    batch.message(Type.DELETE_ELEMENTS, 0).text(1, table).text(2, SET); // all of them
    elements(batch, Type.NEW_ELEMENTS, names);
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

  /** Whether it is as this process made it, whatever its names are. */
  public boolean isAsMade() {
    return isThere() && rules().doAs(made);
  }

  /** What was dropped, by the table that is there and those that it took the place of. */
  public Dropped dropped() {
    counted = counted.atLeast(rules().dropped());
    return counted;
  }

  private HoldRules rules() {
    return HoldRules.of(
        socket.ask(TableBatch.questionForAll(Type.GET_RULE, table, 2, CHAIN)).bodies());
  }

  /** The messages of linux/netfilter/nf_tables.h. */
  private static final class Type {
    static final int NEW_TABLE = 0;
    static final int DELETE_TABLE = 2;
    static final int NEW_CHAIN = 3;
    static final int GET_CHAIN = 4;
    static final int NEW_RULE = 6;
    static final int GET_RULE = 7;
    static final int NEW_SET = 9;
    static final int GET_SET = 10;
    static final int NEW_ELEMENTS = 12;
    static final int DELETE_ELEMENTS = 14;
  }

  private void create(TableBatch batch, Dropped before) {
    batch.message(Type.NEW_TABLE, CREATE).text(1, table);
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
        .number(3, remembered.isZero() ? 0 : TIMEOUT)
        .number(4, 41) // what nft(8) knows as ifname
        .number(5, NAME_LENGTH)
        .number(10, 1)
        .value(13, BYTE_ORDER);
    if (!remembered.isZero()) {
      batch.number(11, remembered.toMillis());
    }
    drop(batch, 6, before.from()); // NFT_META_IIFNAME
    drop(batch, 7, before.to()); // NFT_META_OIFNAME
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
  private void drop(TableBatch batch, int name, long before) {
    batch
        .message(Type.NEW_RULE, CREATE | APPEND)
        .text(1, table)
        .text(2, CHAIN)
        .nested(
            4,
            () -> {
              expression(batch, "meta", () -> batch.number(1, 1).number(2, name));
              expression(batch, "lookup", () -> batch.text(1, SET).number(2, 1));
              expression(batch, "counter", () -> batch.number(2, before));
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
    int errno = socket.ask(batch.end()).errno();
    if (errno != 0) {
      throw new NetlinkException("nf_tables", errno, "table " + table);
    }
  }

  private boolean answers(int type, int attribute, String name) {
    return socket.ask(TableBatch.question(type, table, attribute, name)).errno() == 0;
  }

  /** What is held is held on. */
  @Override
  public void close() {
    socket.close();
  }
}
