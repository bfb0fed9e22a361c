package io.merlon.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * A hold's table as messages: a chain at the forward hook, a set of names, and a rule for each
 * direction.
 *
 * @param remembered for how long a name stays in the set; {@link Duration#ZERO}: for ever
 */
record HoldTable(String name, Duration remembered) {
  private static final String SET = "held";
  private static final String CHAIN = "forward";

  private static final int CREATE = 0x400; // NLM_F_CREATE
  private static final int APPEND = 0x800; // NLM_F_APPEND
  private static final int NAME_LENGTH = 16; // IFNAMSIZ
  private static final int TIMEOUT = 0x10; // NFT_SET_TIMEOUT

  /** An attribute's length has sixteen bits, and an element takes 28 bytes. */
  private static final int ELEMENTS = 2000;

  /** For nft(8) alone, which would not show names otherwise: they are as this machine has them. */
  private static final byte[] BYTE_ORDER =
      ByteBuffer.allocate(6)
          .order(ByteOrder.nativeOrder())
          .put((byte) 0)
          .put((byte) 4)
          .putInt(1)
          .array();

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

  /** Removes it, whether it is there or not. */
  void remove(TableBatch batch) {
    batch.message(Type.NEW_TABLE, CREATE).text(1, name); // there is one then, to be deleted
    batch.message(Type.DELETE_TABLE, 0).text(1, name);
  }

  /**
   * Makes it, with nothing in it.
   *
   * @param before what its rules are to have counted already
   */
  void create(TableBatch batch, InterfaceHold.Dropped before) {
    batch.message(Type.NEW_TABLE, CREATE).text(1, name);
    batch
        .message(Type.NEW_CHAIN, CREATE)
        .text(1, name)
        .text(3, CHAIN)
        .nested(4, () -> batch.number(1, 2).number(2, -300)) // NF_INET_FORWARD, before all others
        .number(5, 1) // NF_ACCEPT
        .text(7, "filter");
    batch
        .message(Type.NEW_SET, CREATE)
        .text(1, name)
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

  /** A rule: whose name is in the set, its packet is counted and dropped. */
  private void drop(TableBatch batch, int key, long before) {
    batch
        .message(Type.NEW_RULE, CREATE | APPEND)
        .text(1, name)
        .text(2, CHAIN)
        .nested(
            4,
            () -> {
              expression(batch, "meta", () -> batch.number(1, 1).number(2, key));
              expression(batch, "lookup", () -> batch.text(1, SET).number(2, 1));
              expression(batch, "counter", () -> batch.number(2, before));
              expression(
                  batch, "immediate", () -> batch.number(1, 0).nested(2, () -> verdict(batch)));
            });
  }

  private static void expression(TableBatch batch, String kind, Runnable attributes) {
    batch.nested(1, () -> batch.text(1, kind).nested(2, attributes));
  }

  /** NF_DROP. */
  private static void verdict(TableBatch batch) {
    batch.nested(2, () -> batch.number(1, 0));
  }

  /** Adds names to the set. */
  void add(TableBatch batch, Collection<String> names) {
    elements(batch, Type.NEW_ELEMENTS, names);
  }

  /** Takes names out of the set. */
  void delete(TableBatch batch, Collection<String> names) {
    elements(batch, Type.DELETE_ELEMENTS, names);
  }

  /** Takes all names out of the set. */
  void clear(TableBatch batch) {
    batch.message(Type.DELETE_ELEMENTS, 0).text(1, name).text(2, SET);
  }

  private void elements(TableBatch batch, int type, Collection<String> names) {
    List<String> all = List.copyOf(names);
    for (int from = 0; from < all.size(); from += ELEMENTS) {
      List<String> some = all.subList(from, Math.min(all.size(), from + ELEMENTS));
      batch
          .message(type, type == Type.NEW_ELEMENTS ? CREATE : 0)
          .text(1, name)
          .text(2, SET)
          .nested(3, () -> some.forEach(each -> element(batch, each)));
    }
  }

  private static void element(TableBatch batch, String device) {
    byte[] key = Arrays.copyOf(device.getBytes(StandardCharsets.US_ASCII), NAME_LENGTH);
    batch.nested(1, () -> batch.nested(1, () -> batch.value(1, key)));
  }

  /** Whether chain and set are there. */
  List<byte[]> questions() {
    return List.of(
        TableBatch.question(Type.GET_CHAIN, name, 3, CHAIN),
        TableBatch.question(Type.GET_SET, name, 2, SET));
  }

  /** What its rules are. */
  byte[] questionForRules() {
    return TableBatch.questionForAll(Type.GET_RULE, name, 2, CHAIN);
  }
}
