package io.merlon.datapath.kernel;

import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.CounterKey;
import io.merlon.datapath.harness.Direction;
import io.merlon.datapath.harness.Mode;
import io.merlon.datapath.harness.PacketTarget;
import java.util.List;

/** Which slot of the counters belongs to what. Every subject has a block of the same size. */
final class Slots {
  private static final int CODES = 32;
  private static final List<Mode> MODES = List.of(Mode.ENFORCE, Mode.AUDIT, Mode.OBSERVE);
  private static final int DECISIONS = MODES.size() * 2 * CODES;
  private static final int BLOCK = DECISIONS + PacketTarget.DECISIONS * MODES.size();

  /** How many there are in all; the block of subject 0 is nobody's. */
  static final int ALL = (PacketTarget.SUBJECTS + 1) * BLOCK;

  private static final int NOBODY = -1;

  private Slots() {}

  static int base(int subject) {
    return subject * BLOCK;
  }

  static CounterKey key(int slot) {
    if (slot == NOBODY) {
      return new CounterKey.Nobodys();
    }
    int subject = slot / BLOCK;
    int within = slot % BLOCK;
    if (within >= DECISIONS) {
      int decision = (within - DECISIONS) / MODES.size();
      return new CounterKey.Decision(
          subject, decision, MODES.get((within - DECISIONS) % MODES.size()));
    }
    int block = within / CODES;
    Direction direction = block % 2 == 0 ? Direction.INGRESS : Direction.EGRESS;
    return new CounterKey.Coded(subject, MODES.get(block / 2), direction, Code.of(within % CODES));
  }
}
