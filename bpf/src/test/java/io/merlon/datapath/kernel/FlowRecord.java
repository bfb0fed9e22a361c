package io.merlon.datapath.kernel;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Count;
import io.merlon.datapath.harness.Direction;
import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.FlowKey;
import io.merlon.datapath.harness.FlowView;
import java.nio.ByteBuffer;

/** A flow entry's bytes: struct flow, and the key of either family. */
final class FlowRecord {
  static final int SIZE = 56;
  private static final int LAST = 8;
  private static final int CREATED = 12;
  private static final int OPENER_EGRESS = 0x01;
  private static final int WOULD_DENY = 0x08;
  private static final int DEFERRED = 0x10;
  private static final int REVOKED = 0x20;
  private static final int FAR = 0x80;

  private FlowRecord() {}

  static int keySize(Family family) {
    return 12 + 2 * family.bytes();
  }

  /** The key, its interface given as an index and not as a line. */
  static FlowKey key(byte[] key, Family family) {
    ByteBuffer in = Words.reading(key);
    int after = 4 + 2 * family.bytes();
    return new FlowKey(
        in.getInt(0),
        Address.of(key, 4, family),
        Address.of(key, 4 + family.bytes(), family),
        Short.toUnsignedInt(Short.reverseBytes(in.getShort(after))),
        Short.toUnsignedInt(Short.reverseBytes(in.getShort(after + 2))),
        in.getInt(after + 4));
  }

  static int last(byte[] flow) {
    return Words.reading(flow).getInt(LAST);
  }

  static FlowView.State state(byte[] flow) {
    return FlowView.State.values()[flow[20]];
  }

  /** The same entry, so many ticks earlier. */
  static byte[] older(byte[] flow, int ticks) {
    byte[] older = flow.clone();
    ByteBuffer words = Words.reading(older);
    words.putInt(LAST, words.getInt(LAST) - ticks);
    words.putInt(CREATED, words.getInt(CREATED) - ticks);
    return older;
  }

  static FlowView view(byte[] flow) {
    ByteBuffer in = Words.reading(flow);
    int flags = flow[21];
    return new FlowView(
        state(flow),
        (flags & OPENER_EGRESS) != 0 ? Direction.EGRESS : Direction.INGRESS,
        in.getInt(0),
        Slots.key(in.getInt(4)),
        (flags & WOULD_DENY) != 0,
        (flags & FAR) != 0,
        (flags & DEFERRED) != 0,
        (flags & REVOKED) != 0,
        Short.toUnsignedInt(in.getShort(22)),
        new Count(in.getLong(32), in.getLong(48)),
        new Count(in.getLong(24), in.getLong(40)));
  }
}
