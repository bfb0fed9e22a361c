package io.merlon.agent.plan;

import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.plan.Capacities.Room;
import java.util.Collection;

/** How much room tables take at the worst moment of a plan. */
final class RoomUse {
  private final Room room;
  private final Collection<VerdictTable> atFirst;
  private long more;
  private long most;

  RoomUse(Room room, Collection<VerdictTable> atFirst) {
    this.room = room;
    this.atFirst = atFirst;
  }

  void take(VerdictTable table) {
    if (isLimited()) {
      more += room.need().applyAsLong(table);
      most = Math.max(most, more);
    }
  }

  void giveBack(VerdictTable table) {
    if (isLimited()) {
      more -= room.need().applyAsLong(table);
    }
  }

  private boolean isLimited() {
    return room.size() < Long.MAX_VALUE;
  }

  long size() {
    return room.size();
  }

  /**
   * What is needed at the worst moment; a plan that never takes any needs no more than there is.
   */
  long peak() {
    return most == 0 ? 0 : atFirst.stream().mapToLong(room.need()).sum() + most;
  }
}
