package io.merlon.agent.loop;

import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.Mode;
import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.glass.Break;
import io.merlon.agent.glass.Breaks;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.plan.ObservedState;
import io.merlon.agent.program.Adoption;
import io.merlon.agent.program.HostInterface;
import io.merlon.agent.program.Inspection.Damage;
import io.merlon.agent.program.Repair;
import io.merlon.agent.watch.SyncState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the loop knows and did, at one moment. A value, for any thread.
 *
 * @param seen what was told, compiled
 * @param enforced what the kernel holds
 * @param inForce {@code seen} as it was when the kernel held all of it last
 * @param breaks where denials are not carried out for a while
 * @param hooks what is done at the node's interfaces
 * @param held what is held because our programs are not there yet
 * @param damages what somebody else changed that could not be repaired
 * @param trouble why {@code enforced} is not yet what {@code seen} asks for
 */
public record AgentView(
    Progress progress,
    CompiledPolicy seen,
    ObservedState enforced,
    CompiledPolicy inForce,
    PolicyRevisions policies,
    Breaks breaks,
    Map<HostInterface, HookUse> hooks,
    HeldNow held,
    List<Damage> damages,
    Optional<Trouble> trouble,
    Counts counts) {

  /**
   * How far the start has come.
   *
   * @param enforcing whether everything told has been brought to the kernel once, and some
   *     interface takes programs if there is one that is to have them
   */
  public record Progress(
      Adoption adoption, SyncState cluster, boolean interfaces, boolean enforcing) {}

  /**
   * Interfaces that are held.
   *
   * @param pods that wait for one
   * @param names of interfaces they may have
   * @param from packets dropped that came from a held one, when it was looked last
   * @param to packets dropped that went to one
   */
  public record HeldNow(Set<PodRef> pods, int names, long from, long to) {
    public HeldNow {
      pods = Set.copyOf(pods);
    }
  }

  /**
   * Counted since the start.
   *
   * @param events of the cluster
   * @param attempts what was tried, and failed
   * @param repairs of what others changed, by kind
   * @param latencies from being told something to having it in the kernel
   */
  public record Counts(
      long batches,
      long events,
      long plans,
      long steps,
      Attempts attempts,
      PersistentMap<Repair.Kind, Long> repairs,
      Latencies.Summary latencies) {}

  /**
   * What was tried since the start.
   *
   * @param failed plans the kernel did not take
   * @param refused plans that do not fit
   * @param attached interfaces that got programs
   * @param notAttached interfaces that did not, or that could not be let go of
   * @param notRepaired changes by others that could not be undone
   */
  public record Attempts(
      long failed, long refused, long attached, long notAttached, long notRepaired) {}

  /** The interfaces of each pod at which its policies are enforced. */
  public Map<PodRef, List<String>> attached() {
    Set<Integer> damaged = damages.stream().map(Damage::ifindex).collect(Collectors.toSet());
    Map<PodRef, List<String>> interfaces = new TreeMap<>();
    hooks.forEach((at, use) -> {
      if (use instanceof HookUse.OfPod(var pod) && !damaged.contains(at.ifindex())) {
        interfaces.computeIfAbsent(pod, p -> new ArrayList<>()).add(at.name());
      }
    });
    return interfaces;
  }

  /** Whether the kernel holds a break: no pod that it covers is enforced. */
  public boolean holds(Break broken) {
    return enforced.endpoints().entrySet().stream()
        .noneMatch(
            pod -> pod.getValue().mode() == Mode.ENFORCE && broken.scope().covers(pod.getKey()));
  }

  /** Whether nothing fails that is tried again and again. */
  boolean isWell() {
    return damages.isEmpty() && !(trouble.orElse(null) instanceof Trouble.Failed);
  }

  /** What is wrong with the kernel, and the objects something is wrong with. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    trouble.ifPresent(it -> problems.add(it.text()));
    damages.forEach(damage -> problems.add(damage.text()));
    seen.problems()
        .forEach(problem ->
            problems.add(problem.object() + " " + problem.field() + ": " + problem.reason()));
    return problems;
  }
}
