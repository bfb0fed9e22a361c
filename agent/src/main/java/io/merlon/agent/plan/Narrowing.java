package io.merlon.agent.plan;

import io.merlon.agent.compile.PeerClass;
import io.merlon.agent.compile.Row;
import io.merlon.agent.compile.ServiceTarget;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.policy.Direction;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether anything allowed before is denied afterwards. Only then must open flows be judged again.
 * Where the answer is not cheap it is yes.
 */
final class Narrowing {
  private final List<Track> tracks;
  private final ClassUse observed;

  Narrowing(List<Track> tracks, ClassUse observed) {
    this.tracks = tracks;
    this.observed = observed;
  }

  private record Pair(int source, int target) {}

  boolean byMoves(List<Move> moves) {
    Set<Pair> pairs = new HashSet<>();
    for (Move move : moves) {
      switch (move) {
        case Move.OfService service -> {
          if (narrows(service)) {
            return true;
          }
        }
        case Move.OfAddress address -> pairs.add(new Pair(address.source(), address.target()));
        case Move.OfPrefix prefix -> pairs.add(new Pair(prefix.source(), prefix.target()));
      }
    }
    for (Pair pair : pairs) {
      for (Track track : tracks) {
        if (narrows(track, pair.source(), pair.target())) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether those who stay in their classes lose anything. */
  boolean byTables() {
    for (Track track : tracks) {
      if (track.before().equals(track.after())) {
        continue;
      }
      int classes = Math.max(track.before().rowCount(), track.after().rowCount());
      for (int number = 0; number < classes; number++) {
        if (narrows(track, number, number) && observed.contains(number)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean narrows(Track track, int source, int target) {
    if (target == PeerClass.OWN_NODE) {
      return false;
    }
    for (Direction direction : Direction.values()) {
      Row is = track.after().row(target, direction);
      Row was = track.before().row(source, direction);
      if (source == PeerClass.OWN_NODE ? !is.allowsEverything() : !is.allowsAllOf(was)) {
        return true;
      }
    }
    return false;
  }

  private boolean narrows(Move.OfService move) {
    if (move.after() instanceof ServiceTarget.Mixed) {
      return true;
    }
    for (Track track : tracks) {
      boolean was =
          move.before() instanceof ServiceTarget.Mixed
              || allows(track.before(), move, move.source(), move.portBefore());
      if (was && !allows(track.after(), move, move.target(), move.portAfter())) {
        return true;
      }
    }
    return false;
  }

  private static boolean allows(VerdictTable table, Move.OfService move, int peerClass, int port) {
    return table.decide(peerClass, Direction.EGRESS, move.service().protocol(), port).allows();
  }
}
