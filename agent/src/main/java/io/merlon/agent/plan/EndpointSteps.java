package io.merlon.agent.plan;

import io.merlon.agent.identity.PodRef;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Endpoints go before anything changes and come when everything has. One that is no longer enforced
 * is let go first: what was denied to it may pass a moment early, but what the new tables deny is
 * not dropped for the sake of its old mode. One that becomes enforced is so last.
 */
final class EndpointSteps {
  private final ObservedState observed;
  private final List<PlanStep> steps;
  private final TreeSet<PodRef> gone = new TreeSet<>();
  private final TreeMap<PodRef, Endpoint> pending = new TreeMap<>();
  private boolean narrows;

  EndpointSteps(ObservedState observed, DesiredState desired, List<PlanStep> steps) {
    this.observed = observed;
    this.steps = steps;
    observed.endpoints().changes(desired.endpoints(), this::note);
  }

  private void note(PodRef pod, @Nullable Endpoint was, @Nullable Endpoint is) {
    if (is == null) {
      gone.add(pod);
      narrows = true;
      return;
    }
    pending.put(pod, is);
    narrows |=
        was != null && (is.isStricterThan(was) || !is.addresses().containsAll(was.addresses()));
  }

  /**
   * Whether any is enforced more strictly than before, no longer has an address or goes: its flows
   * must not outlive it, for its interface may be known again one day.
   */
  boolean narrow() {
    return narrows;
  }

  void removeGone() {
    gone.forEach(pod -> steps.add(new PlanStep.DeleteEndpoint(pod)));
  }

  /** Lets go whom the desired state does not enforce; passengers board their passage besides. */
  void depart(Map<PodRef, Track> passengers) {
    for (PodRef pod : List.copyOf(pending.keySet())) {
      Endpoint was = observed.endpoints().get(pod);
      if (was != null) {
        Track track = passengers.get(pod);
        Endpoint loose = was.looseAs(pending.getOrDefault(pod, was));
        Endpoint departing = track == null ? loose : loose.withSubject(track.subject());
        if (!departing.equals(was)) {
          put(pod, departing);
        }
      }
    }
  }

  void arrive(Collection<PodRef> pods) {
    for (PodRef pod : List.copyOf(pods)) {
      Endpoint endpoint = pending.get(pod);
      if (endpoint != null) {
        put(pod, endpoint);
      }
    }
  }

  void arriveAll() {
    arrive(pending.keySet());
  }

  private void put(PodRef pod, Endpoint endpoint) {
    steps.add(new PlanStep.PutEndpoint(pod, endpoint));
    pending.remove(pod, endpoint);
  }
}
