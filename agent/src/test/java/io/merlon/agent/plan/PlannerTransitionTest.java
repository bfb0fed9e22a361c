package io.merlon.agent.plan;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.compile.CompileOptions;
import io.merlon.agent.compile.IncrementalCompiler;
import io.merlon.agent.compile.RandomEvents;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The order proof: at every step, every verdict is the old one or the new one. */
class PlannerTransitionTest {
  /** More of them: {@code -Dmerlon.seeds=1000}. */
  private static final int SEEDS = Integer.getInteger("merlon.seeds", 100);

  private enum Order {
    MOVES_FIRST,
    TABLES_FIRST,
    BY_PASSAGE
  }

  private static final CompileOptions NODE = CompileOptions.forNode("node-a");

  private static List<ClusterEvent> events(RandomEvents world, int count) {
    List<ClusterEvent> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(world.next());
    }
    return events;
  }

  @Test
  void followsACompilerStepByStep() {
    for (int seed = 0; seed < SEEDS; seed++) {
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
    for (int seed = 0; seed < SEEDS; seed++) {
      RandomEvents world = new RandomEvents(new Random(seed));
      List<ClusterEvent> events = events(world, 60);
      DesiredState first = DesiredState.of(new IncrementalCompiler(NODE).apply(events));
      events.addAll(events(world, 10));
      DesiredState second = DesiredState.of(new IncrementalCompiler(NODE).apply(events.reversed()));
      ObservedState reached =
          new Planner(Capacities.UNLIMITED).plan(ObservedState.EMPTY, first).result();
      walk("seed " + seed, reached, second);
    }
  }

  @Test
  void goesOnFromWhereverAnotherWasKilled() {
    for (int seed = 0; seed < SEEDS; seed++) {
      RandomEvents world = new RandomEvents(new Random(seed));
      Random random = new Random(seed);
      IncrementalCompiler compiler = new IncrementalCompiler(NODE);
      DesiredState first = DesiredState.of(compiler.apply(events(world, 60)));
      DesiredState second = DesiredState.of(compiler.apply(events(world, 12)));
      DesiredState third = DesiredState.of(compiler.apply(events(world, 12)));
      ObservedState reached =
          new Planner(Capacities.UNLIMITED).plan(ObservedState.EMPTY, first).result();
      Transition interrupted = new Transition(reached, second);
      int done = random.nextInt(interrupted.plan().steps().size() + 1);
      ObservedState midway = interrupted.interruptedAfter(done);
      walk("seed " + seed + " on after " + done, midway, second);
      walk("seed " + seed + " elsewhere after " + done, midway, third);
    }
  }

  @Test
  void everyOrderIsMet() {
    Map<Order, Integer> met = new EnumMap<>(Order.class);
    for (int seed = 0; seed < SEEDS; seed++) {
      RandomEvents world = new RandomEvents(new Random(seed));
      IncrementalCompiler compiler = new IncrementalCompiler(NODE);
      ObservedState state = ObservedState.EMPTY;
      for (int step = 0; step < 15; step++) {
        DesiredState desired = DesiredState.of(compiler.apply(events(world, step == 0 ? 60 : 2)));
        met.merge(order(state, desired), 1, Integer::sum);
        state = new Planner(Capacities.UNLIMITED).plan(state, desired).result();
        compiler.settled();
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

  private static ObservedState walk(String where, ObservedState before, DesiredState desired) {
    try {
      return new Transition(before, desired).watched();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(where, e);
    }
  }
}
