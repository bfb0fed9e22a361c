package io.merlon.agent.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.identity.PodRef;
import io.merlon.agent.plan.Capacities;
import io.merlon.agent.plan.DesiredState;
import io.merlon.agent.plan.ObservedState;
import io.merlon.agent.plan.Plan;
import io.merlon.agent.plan.PlanStep;
import io.merlon.agent.plan.Planner;
import io.merlon.agent.program.DatapathSettings.HookKind;
import io.merlon.datapath.Hook;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Kills a process with -9 in the middle of plans, again and again, each time where chance will have
 * it. What the kernel holds is then what it held after one of the steps; the next process goes on
 * from there; and at no time is a pod's interface without its programs.
 */
class CrashTest {
  /** More of them: {@code -Dmerlon.kills=300}. */
  private static final int KILLS = Integer.getInteger("merlon.kills", 6);

  private static final int MOMENTS = 1000;
  private static final int INTERFACES = 4;

  private final Random random = new Random(11);

  /** What the kernel may hold, in this order, and the story's moment that is being worked on. */
  private record Possible(List<Content> contents, List<Integer> moments) {}

  @ParameterizedTest
  @CsvSource({"BEST, 21", "CLSACT, 22"})
  void recoversFromAnyMoment(HookKind kind, long seed) throws Exception {
    List<DesiredState> story = Worlds.story(seed, MOMENTS);
    try (KernelNode node = new KernelNode(kind)) {
      Map<PodRef, HostInterface> owners = Worlds.owners(story, node.addInterfaces(INTERFACES));
      node.run(() -> {
        try (LibbpfDatapath first = node.opened()) {
          owners.forEach((pod, at) -> first.bind(at, pod));
        }
      });
      TreeSet<Integer> killedAt = new TreeSet<>();
      int moment = 0;
      int midway = 0;
      ObservedState start = observed(node);
      for (int kill = 0; kill < KILLS; kill++) {
        int reached = runAndKill(node, kind, seed, moment);
        ObservedState found = observed(node);
        Possible possible = possible(start, story, moment, reached + 1, owners);
        int at = possible.contents().lastIndexOf(Content.of(found, owners.keySet()));
        assertTrue(at >= 0, "after kill " + kill + " the kernel holds what no step leads to");
        owners.values().forEach(link -> assertGuarded(node, link));
        boolean whole =
            new Planner(Capacities.UNLIMITED)
                .plan(found, story.get(possible.moments().get(at))).steps().stream()
                    .noneMatch(step -> changes(step, owners));
        midway += whole ? 0 : 1;
        killedAt.add(at);
        moment = Math.min(possible.moments().get(at), MOMENTS - 1);
        start = found;
      }
      System.out.printf(
          "print: %s: %d kills, %d in the middle of a plan, story at moment %d%n",
          kind, KILLS, midway, moment);
      assertTrue(killedAt.size() > 1, "killed in different places");
      try (LibbpfDatapath last = node.open()) {
        node.run(() -> owners.forEach((pod, link) -> last.bind(link, pod)));
        DesiredState end = story.getLast();
        last.apply(new Planner(last.capacities()).plan(last.observed(), end));
        assertInstanceOf(Adoption.Adopted.class, last.adoption());
      }
      ObservedState end = observed(node);
      assertEquals(story.getLast().addresses(), end.addresses());
      assertEquals(story.getLast().services(), end.services());
      assertEquals(story.getLast().tables().keySet(), end.subjects().keySet());
    }
  }

  private static boolean changes(PlanStep step, Map<PodRef, HostInterface> owners) {
    return !(step instanceof PlanStep.PutEndpoint put && !owners.containsKey(put.pod()))
        && !(step instanceof PlanStep.PutEndpoint)
        && !(step instanceof PlanStep.BumpEpoch);
  }

  private static void assertGuarded(KernelNode node, HostInterface at) {
    assertEquals(1, node.programs(at, Hook.FROM_POD).size(), "from " + at);
    assertEquals(1, node.programs(at, Hook.TO_POD).size(), "to " + at);
  }

  private static ObservedState observed(KernelNode node) {
    try (LibbpfDatapath datapath = node.open()) {
      assertInstanceOf(Adoption.Adopted.class, datapath.adoption());
      return datapath.observed();
    }
  }

  /** Everything the child can have brought the kernel to while it worked on these moments. */
  private static Possible possible(
      ObservedState start,
      List<DesiredState> story,
      int from,
      int to,
      Map<PodRef, HostInterface> owners) {
    List<Content> contents = new ArrayList<>(List.of(Content.of(start, owners.keySet())));
    List<Integer> moments = new ArrayList<>(List.of(from));
    ObservedState state = start;
    for (int moment = from; moment <= Math.min(to, story.size() - 1); moment++) {
      Plan plan = new Planner(Capacities.UNLIMITED).plan(state, story.get(moment));
      // Only what may have been at hand when the child was killed.
      boolean late = moment >= to - 1;
      if (late) {
        contents.add(Content.of(state, owners.keySet()));
        moments.add(moment);
      }
      for (PlanStep step : plan.steps()) {
        state = state.after(step);
        if (late) {
          contents.add(Content.of(state, owners.keySet()));
          moments.add(moment);
        }
      }
    }
    return new Possible(contents, moments);
  }

  /** The last moment that the child said it had reached, or the one before its first. */
  private int runAndKill(KernelNode node, HookKind kind, long seed, int moment)
      throws IOException, InterruptedException {
    List<String> arguments =
        List.of(
            node.root().toString(),
            kind.name(),
            Long.toString(seed),
            Integer.toString(MOMENTS),
            Integer.toString(moment),
            Integer.toString(INTERFACES));
    int reached = moment - 1;
    for (String line :
        new KilledProcess(node, CrashChild.class, arguments)
            .run(TimeUnit.MICROSECONDS.toNanos(random.nextInt(120_000)))) {
      if (line.startsWith("reached ")) {
        reached = Integer.parseInt(line.substring("reached ".length()));
      }
    }
    return reached;
  }
}
