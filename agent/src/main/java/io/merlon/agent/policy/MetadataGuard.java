package io.merlon.agent.policy;

import io.merlon.agent.identity.Cidr;
import io.merlon.agent.identity.VirtualLabels;
import io.merlon.agent.policy.PodSelection.Labelled;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rules of Merlon's own, ahead of every policy: pods cannot reach the instance metadata service,
 * where they would get the node's credentials; they always reach the Pod Identity agent on their
 * own node (semantics NP-17), where they get their own.
 */
public final class MetadataGuard {
  /** The annotation by which a pod is left alone, and its value. */
  public static final String ANNOTATION = "merlon.io/metadata-guard";

  private static final String EXEMPT = "exempt";

  /** Before every priority a policy can have. */
  private static final int FIRST = -1;

  private static final List<String> SERVICE = List.of("169.254.169.254/32", "fd00:ec2::254/128");
  private static final List<String> POD_IDENTITY = List.of("169.254.170.23/32", "fd00:ec2::23/128");

  private MetadataGuard() {}

  /** The guard of all pods. */
  public static Policy ofAllPods() {
    return of("all-pods", new Selector(List.of(new Selector.Absent(VirtualLabels.UNGUARDED))));
  }

  /** The guard of those pods that have a role of their own. */
  public static Policy ofPodsWithRole() {
    return of(
        "pods-with-role",
        new Selector(
            List.of(
                new Selector.Exists(VirtualLabels.IAM_ROLE),
                new Selector.Absent(VirtualLabels.UNGUARDED))));
  }

  /** Whether a pod's annotations say that it is to be left alone. */
  public static boolean exempts(Map<String, String> annotations) {
    return EXEMPT.equals(annotations.get(ANNOTATION));
  }

  private static Policy of(String name, Selector pods) {
    PolicyRef ref = new PolicyRef(PolicyRef.Kind.METADATA_GUARD, "", name);
    return new Policy(
        ref,
        Tier.ADMIN,
        FIRST,
        new PodSelection(new Labelled(Selector.EVERYTHING), pods),
        Set.of(),
        List.of(),
        List.of(
            rule(ref, 0, "pod-identity", Action.ACCEPT, POD_IDENTITY),
            rule(ref, 1, "instance-metadata", Action.DENY, SERVICE)));
  }

  private static PolicyRule rule(
      PolicyRef ref, int index, String name, Action action, List<String> addresses) {
    return new PolicyRule(
        new RuleRef(ref, Direction.EGRESS, index, name),
        action,
        addresses.stream()
            .<PeerSelector>map(cidr -> new PeerSelector.Block(Cidr.of(cidr), List.of()))
            .toList(),
        List.of(new PortMatch.Everything()));
  }
}
