package io.merlon.agent.plan;

import io.merlon.agent.compile.PeerClass;
import io.merlon.agent.compile.Row;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.policy.Direction;

/**
 * The way of one subject, from the table that judges its endpoints now to the one that shall. Where
 * endpoints leave one subject for another, a subject made for the passage takes them along.
 *
 * @param subject the one that is switched from table to table
 * @param target the one whose table is to judge its endpoints in the end
 */
record Track(int subject, int target, VerdictTable before, VerdictTable after) {
  boolean isPassage() {
    return subject != target;
  }

  /** Whether addresses that stay in a class are judged otherwise in the end. */
  boolean changes(int peerClass) {
    if (peerClass == PeerClass.OWN_NODE) {
      return false;
    }
    for (Direction direction : Direction.values()) {
      Row was = before.row(peerClass, direction);
      if (!was.equals(after.row(peerClass, direction))) {
        return true;
      }
    }
    return false;
  }
}
