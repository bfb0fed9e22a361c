package io.merlon.agent.policy;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Names a rule.
 *
 * @param index its place among the policy's rules of that direction
 * @param name the rule's own name, null where the API or the author gave none
 */
public record RuleRef(PolicyRef policy, Direction direction, int index, @Nullable String name) {
  /** Its place in the policy: {@code ingress[0]}. */
  public String place() {
    return direction.name().toLowerCase(Locale.ROOT) + "[" + index + "]";
  }

  /** Its place in the object, as a path: {@code spec.ingress[0]}. */
  public String field() {
    return "spec." + place();
  }

  @Override
  public String toString() {
    String place = policy + " " + place();
    return name == null ? place : place + " (" + name + ")";
  }
}
