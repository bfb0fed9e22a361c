package io.merlon.agent.metrics;

import io.merlon.agent.observe.Counts;
import io.merlon.agent.plan.Capacities;
import io.merlon.agent.plan.ObservedState;
import io.merlon.agent.program.Datapath;
import io.merlon.agent.program.Tally;
import io.merlon.datapath.Stat;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What only the loop's thread can look at.
 *
 * @param fill what maps hold, and can hold
 */
public record KernelFacts(Tally tally, Map<Stat, Long> stats, Map<String, Fill> fill) {
  public static final KernelFacts NONE = new KernelFacts(Tally.NOTHING, Map.of(), Map.of());

  public KernelFacts {
    stats = Map.copyOf(stats);
    fill = Map.copyOf(fill);
  }

  /** How full a map is. */
  public record Fill(long entries, long capacity) {}

  /** Looks; to be called on the loop's thread. */
  public static KernelFacts of(Datapath datapath) {
    Map<Stat, Long> stats = new EnumMap<>(Stat.class);
    for (Stat stat : Stat.values()) {
      stats.put(stat, datapath.kernel().stat(stat));
    }
    return new KernelFacts(
        datapath.counters(), stats, fill(datapath.observed(), datapath.capacities()));
  }

  private static Map<String, Fill> fill(ObservedState observed, Capacities capacities) {
    Map<String, Fill> fill = new TreeMap<>();
    fill.put("endpoints", new Fill(observed.endpoints().size(), capacities.endpoints()));
    long v6 = observed.addresses().exact().keySet().stream().filter(a -> a.isV6()).count();
    long addresses = observed.addresses().exact().size();
    fill.put("addresses4", new Fill(addresses - v6, capacities.addresses().v4()));
    fill.put("addresses6", new Fill(v6, capacities.addresses().v6()));
    long long6 =
        observed.addresses().prefixes().keySet().stream().filter(c -> c.base().isV6()).count();
    long prefixes = observed.addresses().prefixes().size();
    fill.put("cidrs4", new Fill(prefixes - long6, capacities.prefixes().v4()));
    fill.put("cidrs6", new Fill(long6, capacities.prefixes().v6()));
    long services6 = observed.services().keySet().stream().filter(s -> s.address().isV6()).count();
    fill.put(
        "services4", new Fill(observed.services().size() - services6, capacities.services().v4()));
    fill.put("services6", new Fill(services6, capacities.services().v6()));
    fill.put("subjects", new Fill(observed.subjects().size(), capacities.subjects()));
    long words = observed.tables().values().stream().mapToLong(capacities.tables().need()).sum();
    fill.put("tables", new Fill(words, capacities.tables().size()));
    return fill;
  }

  Counts counts() {
    return Counts.of(tally);
  }
}
