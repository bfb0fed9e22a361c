package io.merlon.agent.loop;

import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.LocalPod;
import io.merlon.agent.compile.Mode;
import io.merlon.agent.loop.PolicyRevisions.Revision;
import io.merlon.agent.plan.Endpoint;
import io.merlon.agent.policy.PolicyRef;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Which policies were told to hold for a pod, and which of them the kernel enforces at its
 * interfaces, each in which revision.
 *
 * @param seen one name for the mode and the policies told, with their revisions; the same state of
 *     the cluster has the same name on every node and after every restart
 * @param enforced such a name of what is enforced; "" if nothing is
 * @param policies in the order they are asked; those no longer told but still enforced come last
 */
public record PodRevision(String seen, String enforced, List<PolicyUse> policies) {
  /** A built-in policy is as old as the process. */
  private static final Revision BUILT_IN = new Revision("built-in", "built-in");

  /**
   * A policy that holds for the pod.
   *
   * @param seen "" if it was told not to any more
   * @param enforced "" if it is not enforced for the pod yet
   */
  public record PolicyUse(PolicyRef policy, String seen, String enforced) {}

  public PodRevision {
    policies = List.copyOf(policies);
  }

  /** Of one of the pods that were told. */
  public static PodRevision of(AgentView view, LocalPod pod, boolean attached) {
    Set<PolicyRef> told = selecting(view.seen(), pod);
    LocalPod was = view.inForce().pods().get(pod.pod());
    Endpoint endpoint = view.enforced().endpoints().get(pod.pod());
    boolean isEnforced = attached && endpoint != null && was != null && was.uid().equals(pod.uid());
    Set<PolicyRef> holding = isEnforced && was != null ? selecting(view.inForce(), was) : Set.of();
    List<PolicyUse> uses = new ArrayList<>();
    Set<PolicyRef> all = new LinkedHashSet<>(told);
    all.addAll(holding);
    for (PolicyRef policy : all) {
      Revision revision = revision(view, policy);
      uses.add(
          new PolicyUse(
              policy,
              told.contains(policy) ? revision.seen() : "",
              holding.contains(policy) ? revision.enforced() : ""));
    }
    return new PodRevision(
        name(pod.mode(), uses, PolicyUse::seen),
        isEnforced && endpoint != null ? name(endpoint.mode(), uses, PolicyUse::enforced) : "",
        uses);
  }

  private static Set<PolicyRef> selecting(CompiledPolicy policy, LocalPod pod) {
    return new LinkedHashSet<>(policy.selecting().getOrDefault(pod.subject(), List.of()));
  }

  private static Revision revision(AgentView view, PolicyRef policy) {
    return policy
        .object()
        .map(key -> view.policies().policies().getOrDefault(key, Revision.NONE))
        .orElse(BUILT_IN);
  }

  private static String name(
      Mode mode, List<PolicyUse> uses, Function<PolicyUse, String> revision) {
    StringBuilder content = new StringBuilder(mode.name());
    uses.stream()
        .filter(use -> !revision.apply(use).isEmpty())
        .map(use -> "\n" + use.policy() + "@" + revision.apply(use))
        .sorted()
        .forEach(content::append);
    return PolicyRevisions.digest(content.toString());
  }
}
