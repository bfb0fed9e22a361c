package io.merlon.agent.plan;

import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.identity.PodRef;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the way from what the kernel holds to what it should hold.
 *
 * <p>For every prefix of the steps, and for every endpoint that is in both states, every peer
 * address but the pod's own, protocol, port and direction, the kernel's verdict is the one of the
 * old state or the one of the new state. So nothing is ever open that is closed in both, nor closed
 * that is open in both. A new endpoint appears with its final table; one that goes is dropped
 * first.
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
    private final Map<PodRef, Endpoint> changed = new TreeMap<>();
    private final Set<PodRef> gone = new HashSet<>();
    private final Set<PodRef> fresh = new HashSet<>();

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
      observed.endpoints().changes(desired.endpoints(), this::note);
    }

    private void note(PodRef pod, @Nullable Endpoint was, @Nullable Endpoint is) {
      if (is == null) {
        gone.add(pod);
      } else {
        changed.put(pod, is);
        if (was == null) {
          fresh.add(pod);
        }
      }
    }

    Plan plan() {
      gone.stream().sorted().forEach(pod -> steps.add(new PlanStep.DeleteEndpoint(pod)));
      TableSteps tables = new TableSteps(observed, steps, capacities.words());
      boardPassages(tables);
      for (Track track : found.tracks()) {
        tables.switchTo(track.subject(), strategy.during(track));
      }
      moveEntries(tables);
      putEndpoints(changed.keySet());
      for (Integer subject : List.copyOf(new TreeMap<>(tables.subjects()).keySet())) {
        if (!desired.tables().containsKey(subject)) {
          tables.drop(subject);
        }
      }
      long epoch = observed.epoch();
      if (narrows()) {
        steps.add(new PlanStep.BumpEpoch());
        epoch++;
      }
      return finish(tables, epoch);
    }

    /** Gives endpoints that change their subject one of their own, judged as before. */
    private void boardPassages(TableSteps tables) {
      for (Map.Entry<PodRef, Track> passenger : found.passengers().entrySet()) {
        Track track = passenger.getValue();
        tables.switchTo(track.subject(), track.before());
        Endpoint was = observed.endpoints().get(passenger.getKey());
        if (was != null) {
          steps.add(new PlanStep.PutEndpoint(passenger.getKey(), was.withSubject(track.subject())));
        }
      }
    }

    private void moveEntries(TableSteps tables) {
      EntrySteps entries = new EntrySteps(diff);
      if (strategy instanceof Strategy.ByPassage passage) {
        steps.addAll(entries.intoPassage(passage.passages()));
        switchAll(tables, true);
        putEndpoints(found.passengers().keySet());
        leavePassages(tables);
        steps.addAll(entries.outOfPassage(passage.passages()));
        switchAll(tables, false);
      } else {
        steps.addAll(entries.direct());
        switchAll(tables, false);
        putEndpoints(found.passengers().keySet());
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
      for (Track track : found.tracks()) {
        if (track.isPassage()) {
          tables.drop(track.subject());
        }
      }
    }

    private void putEndpoints(Set<PodRef> pods) {
      for (PodRef pod : List.copyOf(pods)) {
        Endpoint endpoint = changed.remove(pod);
        if (endpoint != null) {
          steps.add(new PlanStep.PutEndpoint(pod, endpoint));
        }
      }
    }

    private boolean narrows() {
      Narrowing narrowing = new Narrowing(found.all(), before);
      if (narrowing.byMoves(diff.all()) || narrowing.byTables()) {
        return true;
      }
      boolean[] narrows = new boolean[1];
      observed
          .endpoints()
          .changes(
              desired.endpoints(),
              (pod, was, is) ->
                  narrows[0] |= was != null && is != null && Narrowing.byEndpoint(was, is));
      return narrows[0];
    }

    private Plan finish(TableSteps tables, long epoch) {
      List<MapPressure> refusals =
          new CapacityCheck(capacities, observed, steps).check(tables.peak());
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
