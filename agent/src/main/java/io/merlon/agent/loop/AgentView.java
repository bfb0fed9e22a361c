package io.merlon.agent.loop;

import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.plan.ObservedState;
import io.merlon.agent.program.Adoption;
import io.merlon.agent.program.HostInterface;
import io.merlon.agent.program.Repair;
import io.merlon.agent.watch.SyncState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the loop knows and did, at one moment. A value, for any thread.
 *
 * @param seen what was told, compiled
 * @param enforced what the kernel holds
 * @param hooks what is done at the node's interfaces
 * @param trouble why {@code enforced} is not yet what {@code seen} asks for
 */
public record AgentView(
    Progress progress,
    CompiledPolicy seen,
    ObservedState enforced,
    PolicyRevisions policies,
    Map<HostInterface, HookUse> hooks,
    Optional<Trouble> trouble,
    Counts counts) {

  /**
   * How far the start has come.
   *
   * @param enforcing whether everything told has been brought to the kernel once
   */
  public record Progress(
      Adoption adoption, SyncState cluster, boolean interfaces, boolean enforcing) {}

  /**
   * Counted since the start.
   *
   * @param events of the cluster
   * @param repairs of what others changed, by kind
   * @param latencies from being told something to having it in the kernel
   */
  public record Counts(
      long batches,
      long events,
      long plans,
      long steps,
      PersistentMap<Repair.Kind, Long> repairs,
      Latencies.Summary latencies) {}

  /** The objects something is wrong with, and the trouble with the kernel, if there is any. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    trouble.ifPresent(it -> problems.add(it.text()));
    seen.problems()
        .forEach(problem ->
            problems.add(problem.object() + " " + problem.field() + ": " + problem.reason()));
    return problems;
  }
}
