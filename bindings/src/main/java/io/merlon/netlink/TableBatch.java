package io.merlon.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Messages to nf_tables that are done together or not at all (linux/netfilter/nfnetlink.h). */
final class TableBatch {
  private static final int NF_TABLES = 10; // NFNL_SUBSYS_NFTABLES
  private static final int BEGIN = 16; // NFNL_MSG_BATCH_BEGIN
  private static final int END = 17;
  private static final int REQUEST = 1; // NLM_F_REQUEST
  private static final int ACKNOWLEDGE = 4; // NLM_F_ACK
  private static final int DUMP = 0x300; // NLM_F_DUMP
  private static final int INET = 1; // NFPROTO_INET
  private static final int NESTED = 0x8000;
  private static final int FLAGS = 6; // where struct nlmsghdr has them

  private ByteBuffer bytes = buffer(4096);
  private int last;

  TableBatch() {
    start(BEGIN, 0, 0, NF_TABLES);
  }

  private static ByteBuffer buffer(int capacity) {
    return ByteBuffer.allocate(capacity).order(ByteOrder.nativeOrder());
  }

  /** Begins a message; its attributes follow. */
  TableBatch message(int type, int flags) {
    start(NF_TABLES << 8 | type, flags, INET, 0);
    return this;
  }

  /** Lengths are written when a message is complete. */
  private void start(int type, int flags, int family, int resource) {
    complete();
    room(20);
    last = bytes.position();
    bytes.putInt(0).putShort((short) type).putShort((short) (REQUEST | flags));
    bytes.putInt(0).putInt(0);
    bytes.put((byte) family).put((byte) 0).put((byte) (resource >> 8)).put((byte) resource);
  }

  private void complete() {
    bytes.putInt(last, bytes.position() - last);
  }

  private void room(int length) {
    if (bytes.remaining() < length) {
      bytes = buffer(2 * (bytes.capacity() + length)).put(bytes.flip());
    }
  }

  /** Text as C has it. */
  TableBatch text(int type, String value) {
    return value(type, (value + '\0').getBytes(StandardCharsets.US_ASCII));
  }

  TableBatch number(int type, int value) {
    return value(type, ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
  }

  TableBatch number(int type, long value) {
    return value(type, ByteBuffer.allocate(Long.BYTES).putLong(value).array());
  }

  TableBatch value(int type, byte[] value) {
    room(4 + value.length + 3);
    bytes.putShort((short) (4 + value.length)).putShort((short) type).put(value);
    while (bytes.position() % 4 != 0) {
      bytes.put((byte) 0);
    }
    return this;
  }

  /** An attribute that consists of those that are added meanwhile. */
  TableBatch nested(int type, Runnable attributes) {
    room(4);
    int at = bytes.position();
    bytes.putInt(0);
    attributes.run();
    bytes.putShort(at, (short) (bytes.position() - at)).putShort(at + 2, (short) (type | NESTED));
    return this;
  }

  /** A question of its own, by the name of a table and of something in it: whether it is there. */
  static byte[] question(int type, String table, int attribute, String name) {
    return alone(type, ACKNOWLEDGE, table, attribute, name);
  }

  /** A question for all there is of a kind in something in a table. */
  static byte[] questionForAll(int type, String table, int attribute, String name) {
    return alone(type, DUMP, table, attribute, name);
  }

  private static byte[] alone(int type, int flags, String table, int attribute, String name) {
    TableBatch alone = new TableBatch();
    alone.bytes.clear();
    alone.last = 0;
    alone.message(type, flags).text(1, table).text(attribute, name).complete();
    return alone.taken();
  }

  /** All of it; the last message before the end is answered if nothing was refused. */
  byte[] end() {
    bytes.putShort(last + FLAGS, (short) (bytes.getShort(last + FLAGS) | ACKNOWLEDGE));
    start(END, 0, 0, NF_TABLES);
    complete();
    return taken();
  }

  private byte[] taken() {
    byte[] all = new byte[bytes.flip().remaining()];
    bytes.get(all);
    return all;
  }
}
