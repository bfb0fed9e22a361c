package io.merlon.agent.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.compile.CompileOptions;
import io.merlon.agent.compile.IncrementalCompiler;
import io.merlon.agent.compile.RandomEvents;
import io.merlon.agent.compile.VerdictTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * The order proof: at every step of every plan, whatever is asked of the kernel is answered as in
 * the old state or as in the new one, and what passed and no longer may is judged again.
 */
class PlannerTransitionTest {
  /** More of them: {@code -Dmerlon.seeds=10000}. */
  private static final int SEEDS = Integer.getInteger("merlon.seeds", 1200);

  /** Every so often all is asked after each step, and not only what it can have changed. */
  private static final int EVERYTHING = 40;

  private static final CompileOptions NODE = CompileOptions.forNode("node-a");
  private static final Planner PLANNER = new Planner(Capacities.UNLIMITED);

  private static long transitions;
  private static long interrupted;
  private static long steps;
  private static long comparisons;

  @AfterAll
  static void tell() {
    System.out.printf(
        "order proof: %,d transitions (%,d interrupted), %,d steps, %,d comparisons%n",
        transitions, interrupted, steps, comparisons);
  }

  @Test
  void everyStepIsOldOrNew() {
    for (int seed = 0; seed < SEEDS; seed++) {
      RandomStates states = new RandomStates(new Random(seed));
      ObservedState state = ObservedState.EMPTY;
      for (int step = 0; step < 12; step++) {
        state = walk("seed " + seed + " step " + step, state, states.next());
      }
    }
  }

  @Test
  void goesOnFromWhereverAnotherWasKilled() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      RandomStates states = new RandomStates(random);
      ObservedState state = PLANNER.plan(ObservedState.EMPTY, states.next()).result();
      for (int step = 0; step < 6; step++) {
        DesiredState second = states.next();
        DesiredState last = random.nextBoolean() ? second : states.next();
        state = walkInterrupted("seed " + seed + " step " + step, random, state, second, last);
      }
    }
  }

  @Test
  void followsACompilerStepByStep() {
    for (int seed = 0; seed < SEEDS / 20; seed++) {
      RandomEvents world = new RandomEvents(new Random(seed));
      Random random = new Random(seed);
      IncrementalCompiler compiler = new IncrementalCompiler(NODE);
      ObservedState state = ObservedState.EMPTY;
      for (int step = 0; step < 15; step++) {
        int count = step == 0 ? 60 : random.nextInt(4) == 0 ? 12 : 1;
        DesiredState desired = DesiredState.of(compiler.apply(events(world, count)));
        state = walk("seed " + seed + " step " + step, state, desired);
        compiler.settled();
      }
    }
  }

  @Test
  void adoptsAStateNumberedByAnother() {
    for (int seed = 0; seed < SEEDS / 20; seed++) {
      RandomEvents world = new RandomEvents(new Random(seed));
      List<ClusterEvent> events = events(world, 60);
      DesiredState first = DesiredState.of(new IncrementalCompiler(NODE).apply(events));
      events.addAll(events(world, 10));
      DesiredState second = DesiredState.of(new IncrementalCompiler(NODE).apply(events.reversed()));
      walk("seed " + seed, PLANNER.plan(ObservedState.EMPTY, first).result(), second);
    }
  }

  private static List<ClusterEvent> events(RandomEvents world, int count) {
    List<ClusterEvent> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(world.next());
    }
    return events;
  }

  private static ObservedState walk(String where, ObservedState from, DesiredState to) {
    try {
      Watch watch = new Watch(from, List.of(to));
      follow(watch, PLANNER.plan(from, to));
      return reached(watch, to);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(where, e);
    }
  }

  private static ObservedState walkInterrupted(
      String where, Random random, ObservedState from, DesiredState second, DesiredState last) {
    Watch watch = new Watch(from, List.of(second, last));
    Plan given = PLANNER.plan(from, second);
    int done = random.nextInt(given.steps().size() + 1);
    try {
      watch.follow(given, done, false);
      interrupted++;
      follow(watch, PLANNER.plan(watch.now(), last));
      return reached(watch, last);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(where + " interrupted after " + done, e);
    }
  }

  private static void follow(Watch watch, Plan plan) {
    assertFalse(plan.isRefused());
    watch.follow(plan, plan.steps().size(), transitions % EVERYTHING == 0);
    assertEquals(plan.result(), watch.now());
  }

  private static ObservedState reached(Watch watch, DesiredState desired) {
    transitions++;
    steps += watch.steps();
    comparisons += watch.comparisons();
    watch.checkCuts();
    ObservedState state = watch.now();
    assertEquals(desired.endpoints(), state.endpoints());
    assertEquals(desired.addresses(), state.addresses());
    assertEquals(desired.services(), state.services());
    assertEquals(desired.tables().keySet(), state.subjects().keySet());
    for (Map.Entry<Integer, VerdictTable> table : desired.tables().entrySet()) {
      assertEquals(table.getValue(), state.tableOf(table.getKey()));
    }
    assertEquals(Set.copyOf(state.subjects().values()), state.tables().keySet());
    assertFalse(state.isNarrowing());
    assertEquals(List.of(), PLANNER.plan(state, desired).steps(), "settled");
    return state;
  }
}
