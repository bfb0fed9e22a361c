package io.merlon.agent.plan;

import java.util.List;

/**
 * The way to a state.
 *
 * @param steps in the order in which they must be executed; none if refused
 * @param result what the kernel holds after the last one. It shares its maps with the state asked
 *     for, which makes the next plan cheap; after a plan that failed midway, follow the steps done
 *     by {@link ObservedState#after} instead
 * @param refusals why the state cannot be reached; then the old one stays
 */
public record Plan(List<PlanStep> steps, ObservedState result, List<MapPressure> refusals) {
  public Plan {
    steps = List.copyOf(steps);
    refusals = List.copyOf(refusals);
  }

  public boolean isRefused() {
    return !refusals.isEmpty();
  }
}
