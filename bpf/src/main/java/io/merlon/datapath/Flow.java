package io.merlon.datapath;

/**
 * What is remembered of a flow. Jiffies are their low halves.
 *
 * @param slot of the decision that allowed it, or revoked it
 * @param created when it began, or was revoked
 * @param mark the tc_index under which it was judged
 */
public record Flow(
    int epoch,
    int slot,
    int last,
    int created,
    int subject,
    FlowState state,
    int flags,
    int mark,
    Counter ingress,
    Counter egress) {
  public static final int OPENER_EGRESS = 0x01;
  public static final int FIN_INGRESS = 0x02;
  public static final int FIN_EGRESS = 0x04;
  public static final int WOULD_DENY = 0x08;
  public static final int DEFERRED = 0x10;
  public static final int REVOKED = 0x20;
  public static final int LENT = 0x40;
  public static final int FAR = 0x80;

  public static final Struct<Flow> CODEC =
      new Struct<>(
          "flow",
          56,
          (f, out) -> {
            out.putInt(f.epoch).putInt(f.slot).putInt(f.last).putInt(f.created).putInt(f.subject);
            out.put((byte) f.state.code()).put((byte) f.flags).putShort((short) f.mark);
            out.putLong(f.ingress.packets()).putLong(f.egress.packets());
            out.putLong(f.ingress.bytes()).putLong(f.egress.bytes());
          },
          in -> {
            int epoch = in.getInt();
            int slot = in.getInt();
            int last = in.getInt();
            int created = in.getInt();
            int subject = in.getInt();
            FlowState state = FlowState.values()[Wire.u8(in)];
            int flags = Wire.u8(in);
            int mark = Wire.u16(in);
            long in0 = in.getLong();
            long out0 = in.getLong();
            return new Flow(
                epoch,
                slot,
                last,
                created,
                subject,
                state,
                flags,
                mark,
                new Counter(in0, in.getLong()),
                new Counter(out0, in.getLong()));
          });

  public boolean openedByPod() {
    return (flags & OPENER_EGRESS) != 0;
  }

  /** Whether it carries nothing any more, and only says who opened it. */
  public boolean revoked() {
    return (flags & REVOKED) != 0;
  }

  public boolean wouldDeny() {
    return (flags & WOULD_DENY) != 0;
  }

  /** Whether what would deny it is its sender's egress, judged at its receiver's interface. */
  public boolean far() {
    return (flags & FAR) != 0;
  }
}
