package io.merlon.agent.plan;

import io.merlon.agent.compile.VerdictTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds the way from what the kernel holds to what it should hold.
 *
 * <p>For every prefix of the steps, and for every endpoint that is in both states, every peer
 * address but the pod's own, protocol, port and direction, what the kernel does is what it did in
 * the old state or what it does in the new one. So nothing is ever open that is closed in both, nor
 * closed that is open in both. A new endpoint appears with its final table; one that goes is
 * dropped first.
 *
 * <p>A plan that narrows anything begins and ends with a {@link PlanStep.BumpEpoch}. If it is not
 * carried to its end, the epoch it leaves behind is odd, and whoever plans on from there ends with
 * the second one: what was denied by half a plan is cut all the same.
 *
 * <p>Whatever the observed state is, left behind by a process that was killed midway or by one that
 * numbered classes otherwise, the plan leads from there to the desired state.
 */
public final class Planner {
  private final Capacities capacities;

  public Planner(Capacities capacities) {
    this.capacities = capacities;
  }

  public Plan plan(ObservedState observed, DesiredState desired) {
    return new Planning(observed, desired).plan();
  }

  private final class Planning {
    private final ObservedState observed;
    private final DesiredState desired;
    private final StateDiff diff;
    private final TrackFinder.Found found;
    private final ClassUse before;
    private final Strategy strategy;
    private final List<PlanStep> steps = new ArrayList<>();
    private final EndpointSteps endpoints;
    private long epoch;

    Planning(ObservedState observed, DesiredState desired) {
      this.observed = observed;
      this.desired = desired;
      this.diff = StateDiff.between(observed, desired);
      this.found = new TrackFinder(observed, desired, diff).find();
      this.before = new ClassUse(observed.addresses(), observed.services());
      this.strategy =
          Strategy.choose(
              diff.all(),
              found.tracks(),
              before,
              new ClassUse(desired.addresses(), desired.services()));
      this.endpoints = new EndpointSteps(observed, desired, steps);
      this.epoch = observed.epoch();
    }

    Plan plan() {
      if (!observed.isNarrowing() && narrows()) {
        bumpEpoch();
      }
      endpoints.removeGone();
      TableSteps tables = new TableSteps(observed, steps, capacities);
      for (Track track : found.passengers().values()) {
        tables.switchTo(track.subject(), track.before());
      }
      endpoints.depart(found.passengers());
      for (Track track : found.tracks()) {
        tables.switchTo(track.subject(), strategy.during(track));
      }
      moveEntries(tables);
      endpoints.arriveAll();
      for (Integer subject : List.copyOf(new TreeMap<>(tables.subjects()).keySet())) {
        if (!desired.tables().containsKey(subject)) {
          tables.drop(subject);
        }
      }
      if (epoch % 2 == 1) {
        bumpEpoch();
      }
      return finish(tables);
    }

    private void bumpEpoch() {
      steps.add(new PlanStep.BumpEpoch());
      epoch++;
    }

    private boolean narrows() {
      Narrowing narrowing = new Narrowing(found.all(), before);
      return endpoints.narrow() || narrowing.byMoves(diff.all()) || narrowing.byTables();
    }

    private void moveEntries(TableSteps tables) {
      EntrySteps entries = new EntrySteps(diff);
      if (strategy instanceof Strategy.ByPassage passage) {
        steps.addAll(entries.intoPassage(passage.passages()));
        switchAll(tables, true);
        leavePassages(tables);
        steps.addAll(entries.outOfPassage(passage.passages()));
        switchAll(tables, false);
      } else {
        steps.addAll(entries.direct());
        switchAll(tables, false);
        leavePassages(tables);
      }
    }

    private void switchAll(TableSteps tables, boolean stillInPassage) {
      for (Map.Entry<Integer, VerdictTable> entry : new TreeMap<>(desired.tables()).entrySet()) {
        tables.switchTo(
            entry.getKey(),
            stillInPassage ? strategy.afterwards(entry.getValue()) : entry.getValue());
      }
    }

    private void leavePassages(TableSteps tables) {
      endpoints.arrive(found.passengers().keySet());
      for (Track track : found.tracks()) {
        if (track.isPassage()) {
          tables.drop(track.subject());
        }
      }
    }

    private Plan finish(TableSteps tables) {
      List<MapPressure> refusals = new CapacityCheck(capacities, observed, steps).check(tables);
      if (!refusals.isEmpty()) {
        return new Plan(List.of(), observed, refusals);
      }
      ObservedState result =
          new ObservedState(
              desired.endpoints(),
              tables.subjects(),
              tables.tables(),
              desired.addresses(),
              desired.services(),
              epoch);
      return new Plan(steps, result, refusals);
    }
  }
}
