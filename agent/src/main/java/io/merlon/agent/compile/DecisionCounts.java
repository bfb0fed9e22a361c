package io.merlon.agent.compile;

import io.merlon.agent.policy.Protocol;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The decisions in all tables, each with the number of tables that have it. */
final class DecisionCounts {
  private final Map<Long, Integer> counts = new HashMap<>();
  private PersistentMap<Long, Decision> current = PersistentMap.empty();

  PersistentMap<Long, Decision> current() {
    return current;
  }

  void add(VerdictTable table) {
    for (Decision decision : decisions(table)) {
      if (counts.merge(decision.cookie(), 1, Integer::sum) == 1) {
        current = current.with(decision.cookie(), decision);
      }
    }
  }

  void remove(VerdictTable table) {
    for (Decision decision : decisions(table)) {
      if (counts.merge(decision.cookie(), -1, Integer::sum) == 0) {
        counts.remove(decision.cookie());
        current = current.without(decision.cookie());
      }
    }
  }

  private static Set<Decision> decisions(VerdictTable table) {
    Set<Decision> decisions = new HashSet<>();
    for (Row row : table.distinctRows()) {
      for (Protocol protocol : Protocol.values()) {
        row.intervals(protocol).forEach(interval -> decisions.add(interval.decision()));
      }
    }
    return decisions;
  }
}
