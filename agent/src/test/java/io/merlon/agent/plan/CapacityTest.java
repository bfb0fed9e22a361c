package io.merlon.agent.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What does not fit is refused before anything is done, and what fits is not. */
class CapacityTest {
  private static final Planner UNLIMITED = new Planner(Capacities.UNLIMITED);

  @Test
  void takesAPlanThatFitsExactly() {
    for (int seed = 0; seed < 300; seed++) {
      RandomStates states = new RandomStates(new Random(seed));
      ObservedState state = UNLIMITED.plan(ObservedState.EMPTY, states.next()).result();
      DesiredState desired = states.next();
      Plan plan = UNLIMITED.plan(state, desired);
      Planner exact = new Planner(Fullness.capacities(Fullness.atWorst(state, plan)));
      assertEquals(plan, exact.plan(state, desired), "seed " + seed);
    }
  }

  @Test
  void refusesAPlanThatNeedsOneMore() {
    Map<String, Integer> refused = new TreeMap<>();
    for (int seed = 0; seed < 300; seed++) {
      RandomStates states = new RandomStates(new Random(seed));
      ObservedState state = UNLIMITED.plan(ObservedState.EMPTY, states.next()).result();
      DesiredState desired = states.next();
      Map<String, Long> atFirst = Fullness.of(state);
      Map<String, Long> worst = Fullness.atWorst(state, UNLIMITED.plan(state, desired));
      worst.forEach((map, needed) -> {
        if (needed > atFirst.getOrDefault(map, 0L)) {
          refuses(map, needed, state, desired);
          refused.merge(map, 1, Integer::sum);
        }
      });
    }
    assertEquals(9, refused.size(), "every map overflows at least once: " + refused);
  }

  private static void refuses(String map, long needed, ObservedState state, DesiredState desired) {
    Planner tight = new Planner(Fullness.capacities(Map.of(map, needed - 1)));
    Plan plan = tight.plan(state, desired);
    assertTrue(plan.isRefused());
    assertEquals(List.of(new MapPressure(map, needed, needed - 1)), plan.refusals());
    assertEquals(List.of(), plan.steps());
    assertSame(state, plan.result());
  }

  @Test
  void refusesNumbersThatAreTooLarge() {
    RandomStates states = new RandomStates(new Random(1));
    DesiredState desired = states.next();
    Planner fewClasses = new Planner(Fullness.capacities(Map.of("classes", 3L)));
    Planner fewSubjects = new Planner(Fullness.capacities(Map.of("subjects", 1L)));
    assertEquals(
        "classes", fewClasses.plan(ObservedState.EMPTY, desired).refusals().getFirst().map());
    assertEquals(
        "subjects", fewSubjects.plan(ObservedState.EMPTY, desired).refusals().getFirst().map());
  }

  @Test
  void whatIsTooFullAlreadyMayStillShrink() {
    ObservedState state =
        UNLIMITED.plan(ObservedState.EMPTY, new RandomStates(new Random(2)).next()).result();
    Map<String, Long> none = new TreeMap<>(Fullness.of(state));
    none.replaceAll((map, size) -> 0L);
    DesiredState nothing = new StateSketch().build();
    Plan plan = new Planner(Fullness.capacities(none)).plan(state, nothing);
    assertEquals(List.of(), plan.refusals());
    assertEquals(0, plan.result().tables().size());
  }
}
