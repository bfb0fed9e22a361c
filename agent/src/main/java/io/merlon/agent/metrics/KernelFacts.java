package io.merlon.agent.metrics;

import io.merlon.agent.observe.Counts;
import io.merlon.agent.plan.Capacities;
import io.merlon.agent.program.Datapath;
import io.merlon.agent.program.Holding;
import io.merlon.agent.program.Tally;
import io.merlon.datapath.Stat;
import java.util.EnumMap;
import java.util.Map;

/** What only the loop's thread can look at. */
public record KernelFacts(
    Tally tally, Map<Stat, Long> stats, Holding holding, Capacities capacities) {
  public KernelFacts {
    stats = Map.copyOf(stats);
  }

  /** Looks; to be called on the loop's thread. */
  public static KernelFacts of(Datapath datapath) {
    Map<Stat, Long> stats = new EnumMap<>(Stat.class);
    for (Stat stat : Stat.values()) {
      stats.put(stat, datapath.kernel().stat(stat));
    }
    return new KernelFacts(datapath.counters(), stats, datapath.holding(), datapath.capacities());
  }

  Counts counts() {
    return Counts.of(tally);
  }
}
