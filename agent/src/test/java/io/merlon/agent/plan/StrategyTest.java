package io.merlon.agent.plan;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** That the order of steps matters, and that every strategy is needed. */
class StrategyTest {
  private static final Planner PLANNER = new Planner(Capacities.UNLIMITED);

  private enum Order {
    MOVES_FIRST,
    TABLES_FIRST,
    BY_PASSAGE
  }

  @Test
  void everyOrderIsMet() {
    Map<Order, Integer> met = new EnumMap<>(Order.class);
    for (int seed = 0; seed < 100; seed++) {
      RandomStates states = new RandomStates(new Random(seed));
      ObservedState state = PLANNER.plan(ObservedState.EMPTY, states.next()).result();
      for (int step = 0; step < 12; step++) {
        DesiredState desired = states.next();
        met.merge(order(state, desired), 1, Integer::sum);
        state = PLANNER.plan(state, desired).result();
      }
    }
    for (Order order : Order.values()) {
      assertTrue(met.getOrDefault(order, 0) > 0, "met: " + met);
    }
  }

  private static Order order(ObservedState observed, DesiredState desired) {
    StateDiff diff = StateDiff.between(observed, desired);
    Strategy strategy =
        Strategy.choose(
            diff.all(),
            new TrackFinder(observed, desired, diff).find().tracks(),
            new ClassUse(observed.addresses(), observed.services()),
            new ClassUse(desired.addresses(), desired.services()));
    return switch (strategy) {
      case Strategy.MovesFirst first -> Order.MOVES_FIRST;
      case Strategy.TablesFirst first -> Order.TABLES_FIRST;
      case Strategy.ByPassage passage -> Order.BY_PASSAGE;
    };
  }

  /** The same steps in another order must not go unnoticed, or the proof proves nothing. */
  @Test
  void noticesStepsInAnotherOrder() {
    int noticed = 0;
    for (int seed = 0; seed < 100; seed++) {
      RandomStates states = new RandomStates(new Random(seed));
      ObservedState state = PLANNER.plan(ObservedState.EMPTY, states.next()).result();
      DesiredState desired = states.next();
      Plan plan = PLANNER.plan(state, desired);
      Plan swapped = new Plan(entriesReversed(plan.steps()), plan.result(), List.of());
      try {
        new Watch(state, List.of(desired)).follow(swapped, swapped.steps().size(), false);
      } catch (AssertionError e) {
        noticed++;
      }
    }
    assertTrue(noticed > 10, "noticed only " + noticed);
  }

  private static List<PlanStep> entriesReversed(List<PlanStep> steps) {
    List<PlanStep> entries = new ArrayList<>(steps.stream().filter(s -> isEntry(s)).toList());
    List<PlanStep> swapped = new ArrayList<>();
    for (PlanStep step : steps) {
      swapped.add(isEntry(step) ? entries.removeLast() : step);
    }
    return swapped;
  }

  private static boolean isEntry(PlanStep step) {
    return step instanceof PlanStep.PutAddress
        || step instanceof PlanStep.PutPrefix
        || step instanceof PlanStep.PutService
        || step instanceof PlanStep.DeleteAddress
        || step instanceof PlanStep.DeletePrefix
        || step instanceof PlanStep.DeleteService;
  }
}
