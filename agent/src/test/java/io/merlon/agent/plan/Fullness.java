package io.merlon.agent.plan;

import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.identity.Address;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** How full each map is in a state, counted one by one. */
final class Fullness {
  /** What a table takes of the room for words, and its subjects of that for counters. */
  static final ToLongFunction<VerdictTable> WORDS = table -> 3 + 7L * table.rowCount();

  static final ToLongFunction<VerdictTable> COUNTERS =
      table -> 5 + 2L * table.distinctRows().size();

  private Fullness() {}

  static Map<String, Long> of(ObservedState state) {
    Map<String, Long> sizes = new TreeMap<>();
    sizes.put("endpoints", (long) state.endpoints().size());
    Set<Address> addresses = new HashSet<>(state.addresses().exact().keySet());
    state.services().keySet().forEach(service -> addresses.add(service.address()));
    for (boolean v6 : new boolean[] {false, true}) {
      String family = v6 ? "6" : "4";
      sizes.put("addresses" + family, addresses.stream().filter(a -> a.isV6() == v6).count());
      sizes.put(
          "cidrs" + family,
          state.addresses().prefixes().keySet().stream()
              .filter(prefix -> prefix.base().isV6() == v6)
              .count());
      sizes.put(
          "services" + family,
          state.services().keySet().stream().filter(s -> s.address().isV6() == v6).count());
    }
    sizes.put("tables", state.tables().values().stream().mapToLong(WORDS).sum());
    sizes.put(
        "counters",
        state.subjects().values().stream()
            .map(state.tables()::get)
            .mapToLong(table -> table == null ? 0 : COUNTERS.applyAsLong(table))
            .sum());
    return sizes;
  }

  /**
   * How full each map is at the worst moment of a plan. Counters of a subject that is switched are
   * there twice at that moment.
   */
  static Map<String, Long> atWorst(ObservedState start, Plan plan) {
    Map<String, Long> worst = new TreeMap<>(of(start));
    ObservedState state = start;
    for (PlanStep step : plan.steps()) {
      ObservedState before = state;
      state = state.after(step);
      of(state).forEach((map, size) -> worst.merge(map, size, Math::max));
      if (step instanceof PlanStep.SwitchSubject(int subject, int table)) {
        VerdictTable old = before.tableOf(subject);
        long both =
            of(state).getOrDefault("counters", 0L) + (old == null ? 0 : COUNTERS.applyAsLong(old));
        worst.merge("counters", both, Math::max);
      }
    }
    return worst;
  }

  /** Exactly this much room. */
  static Capacities capacities(Map<String, Long> sizes) {
    return new Capacities(
        size(sizes, "endpoints"),
        families(sizes, "addresses"),
        families(sizes, "cidrs"),
        families(sizes, "services"),
        size(sizes, "classes"),
        size(sizes, "subjects"),
        new Capacities.Room(size(sizes, "tables"), WORDS),
        new Capacities.Room(size(sizes, "counters"), COUNTERS));
  }

  private static Capacities.Families families(Map<String, Long> sizes, String map) {
    return new Capacities.Families(size(sizes, map + "4"), size(sizes, map + "6"));
  }

  private static long size(Map<String, Long> sizes, String map) {
    return sizes.getOrDefault(map, Long.MAX_VALUE);
  }
}
