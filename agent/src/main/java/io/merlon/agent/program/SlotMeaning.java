package io.merlon.agent.program;

import io.merlon.agent.compile.Decision;
import io.merlon.datapath.DropReason;
import io.merlon.datapath.Mode;
import io.merlon.datapath.Slots;
import java.util.List;

/** What one counter of a subject counts. */
public sealed interface SlotMeaning {
  /** Packets a table's decision applied to. */
  record Decided(Decision decision, Mode mode) implements SlotMeaning {}

  /** Packets refused for what they are. */
  record Refused(DropReason reason, Mode mode, boolean egress) implements SlotMeaning {}

  /** Packets let through without a table. */
  record Passed(int passage, boolean egress) implements SlotMeaning {}

  /** The slot has been given up since, or never was a subject's. */
  record Unknown() implements SlotMeaning {}

  /** The meaning of the counter at an offset in the block of a subject with these decisions. */
  static SlotMeaning of(int offset, List<Decision> decisions) {
    if (offset >= Slots.DECISIONS) {
      int place = offset - Slots.DECISIONS;
      int decision = place / Slots.MODES;
      return decision < decisions.size()
          ? new Decided(decisions.get(decision), Mode.of(place % Slots.MODES))
          : new Unknown();
    }
    int code = offset % Slots.CODES;
    int side = offset / Slots.CODES;
    boolean egress = side % 2 == 1;
    return DropReason.of(code)
        .<SlotMeaning>map(reason -> new Refused(reason, Mode.of(side / 2), egress))
        .orElseGet(() -> new Passed(code, egress));
  }
}
