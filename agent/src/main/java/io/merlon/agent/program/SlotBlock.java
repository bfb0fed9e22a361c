package io.merlon.agent.program;

import io.merlon.agent.compile.Decision;
import io.merlon.agent.identity.WorkloadRef;
import io.merlon.datapath.Slots;
import java.util.List;

/**
 * Room for {@code length} slots from {@code at}, of which the decisions have a part.
 *
 * @param subject whose they are, {@link #NOBODY} if a dead process knew
 * @param owner whom they are counted for
 */
record SlotBlock(int subject, WorkloadRef owner, int at, int length, List<Decision> decisions) {
  /** Whose counters were a dead process's. */
  static final int NOBODY = -1;

  SlotBlock {
    decisions = List.copyOf(decisions);
  }

  /** What a dead process counted in. */
  static SlotBlock lost(int at, int length) {
    return new SlotBlock(NOBODY, WorkloadRef.NONE, at, length, List.of());
  }

  boolean isLost() {
    return subject == NOBODY;
  }

  boolean serves(WorkloadRef wanter, List<Decision> wanted) {
    return owner.equals(wanter)
        && Slots.block(wanted.size()) <= length
        && wanted.size() >= decisions.size()
        && wanted.subList(0, decisions.size()).equals(decisions);
  }

  SlotMeaning meaning(int slot) {
    return isLost() ? new SlotMeaning.Unknown() : SlotMeaning.of(slot - at, decisions);
  }

  SlotBlock with(List<Decision> wanted) {
    return new SlotBlock(subject, owner, at, length, wanted);
  }

  /** How many slots from the first something may be counted in. */
  int used() {
    return isLost() ? length : Slots.block(decisions.size());
  }
}
