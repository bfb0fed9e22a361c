package io.merlon.agent.policy;

import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * A policy of any API.
 *
 * @param priority within its tier, smaller first; always 0 for NetworkPolicies
 * @param isolates the directions in which the subjects are closed but for what rules accept; only
 *     NetworkPolicies isolate
 */
public record Policy(
    PolicyRef ref,
    Tier tier,
    int priority,
    PodSelection subject,
    Set<Direction> isolates,
    List<PolicyRule> ingress,
    List<PolicyRule> egress) {
  /** The order in which policies are asked. Equal priorities are ordered by name. */
  public static final Comparator<Policy> ORDER =
      Comparator.comparing(Policy::tier)
          .thenComparingInt(Policy::priority)
          .thenComparing(Policy::ref);

  public Policy {
    isolates = Set.copyOf(isolates);
    ingress = List.copyOf(ingress);
    egress = List.copyOf(egress);
  }

  public List<PolicyRule> rules(Direction direction) {
    return switch (direction) {
      case INGRESS -> ingress;
      case EGRESS -> egress;
    };
  }
}
