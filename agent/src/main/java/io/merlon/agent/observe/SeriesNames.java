package io.merlon.agent.observe;

import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.DecidedBy;
import io.merlon.agent.compile.Decision;
import io.merlon.agent.compile.LocalPod;
import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.identity.WorkloadRef;
import io.merlon.agent.program.CounterNames;
import io.merlon.agent.program.SlotMeaning;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Names what is counted by what the cluster calls it; for the loop's thread. */
public final class SeriesNames implements CounterNames {
  private final Map<Integer, WorkloadRef> owners = new HashMap<>();
  private PersistentMap<Long, Decision> decisions = PersistentMap.empty();
  private boolean known;

  /**
   * Takes the names that hold from now on.
   *
   * @param all whether everything in the cluster has been told, so that a decision nobody knows
   *     belongs to a policy that is gone
   */
  public void follow(CompiledPolicy policy, boolean all) {
    for (LocalPod pod : policy.pods().values()) {
      owners.put(pod.subject(), pod.workload());
    }
    decisions = policy.decisions();
    known = all;
  }

  @Override
  public WorkloadRef owner(int subject) {
    return owners.getOrDefault(subject, WorkloadRef.NONE);
  }

  @Override
  public Optional<String> series(WorkloadRef owner, SlotMeaning meaning) {
    SlotMeaning named = meaning;
    if (meaning instanceof SlotMeaning.Decided(var decision, var mode)
        && decision.by() instanceof DecidedBy.Unknown) {
      Decision of = decisions.get(decision.cookie());
      if (of == null && !known) {
        return Optional.empty();
      }
      named = of == null ? meaning : new SlotMeaning.Decided(of, mode);
    }
    return Series.of(owner, named).map(Series::text);
  }
}
