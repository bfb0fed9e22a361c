package io.merlon.agent.explain;

import io.merlon.agent.compile.Row;
import io.merlon.agent.policy.PortMatch.PortRange;
import io.merlon.agent.policy.Protocol;
import java.util.Set;
import java.util.TreeSet;

/** What becomes allowed between two ends, and what no longer is. */
record Shift(PortSet opens, PortSet closes) {
  static final Shift NONE = new Shift(PortSet.EMPTY, PortSet.EMPTY);

  /** Both sides of a connection: it is allowed where both allow it. */
  record Sides(Row egress, Row ingress) {
    boolean allow(Protocol protocol, int port) {
      return egress.decide(protocol, port).allows() && ingress.decide(protocol, port).allows();
    }

    void boundaries(Protocol protocol, Set<Integer> into) {
      egress.intervals(protocol).forEach(interval -> into.add(interval.start()));
      ingress.intervals(protocol).forEach(interval -> into.add(interval.start()));
    }
  }

  static Shift between(Sides before, Sides after) {
    var opens = new PortSet.Builder();
    var closes = new PortSet.Builder();
    for (Protocol protocol : Protocol.values()) {
      var starts = new TreeSet<Integer>();
      before.boundaries(protocol, starts);
      after.boundaries(protocol, starts);
      for (int start : starts) {
        Integer next = starts.higher(start);
        int last = next == null ? PortRange.LAST : next - 1;
        boolean was = before.allow(protocol, start);
        boolean is = after.allow(protocol, start);
        if (is && !was) {
          opens.add(protocol, start, last);
        } else if (was && !is) {
          closes.add(protocol, start, last);
        }
      }
    }
    return new Shift(opens.build(), closes.build());
  }
}
