package io.merlon.agent.policy;

import io.merlon.agent.api.ClusterEvent;
import java.util.Comparator;

/**
 * Something in an object that does not mean anything, or not what its author may think. It never
 * makes a verdict wider (semantics NP-27).
 *
 * @param field the place in the object, as a path: {@code spec.ingress[0].from[1].ipBlock.cidr}
 * @param reason what is wrong, with the facts
 */
public record CompileProblem(ClusterEvent.Key object, String field, String reason)
    implements Comparable<CompileProblem> {
  private static final Comparator<CompileProblem> ORDER =
      Comparator.comparing((CompileProblem p) -> p.object().kind())
          .thenComparing(p -> p.object().namespace())
          .thenComparing(p -> p.object().name())
          .thenComparing(CompileProblem::field)
          .thenComparing(CompileProblem::reason);

  @Override
  public int compareTo(CompileProblem other) {
    return ORDER.compare(this, other);
  }
}
