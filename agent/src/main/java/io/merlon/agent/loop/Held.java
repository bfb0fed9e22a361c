package io.merlon.agent.loop;

import io.merlon.agent.compile.LocalPod;
import io.merlon.agent.compile.Mode;
import io.merlon.agent.compile.Row;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.config.UntilKnown;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.interfaces.PodInterfaces;
import io.merlon.agent.plan.ObservedState;
import io.merlon.agent.program.HostInterface;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The interfaces to be held: those that pods will have whose policy is in the kernel already, but
 * at whose interface our programs are not yet. Nobody is fast enough to attach to an interface
 * before its first packet; what is held needs nobody.
 *
 * <p>A pod is held in the mode enforce only, and only if something is denied to it. It has all its
 * interfaces when the cluster tells its addresses; until then the names of all it may have are
 * held. An interface that came for an earlier pod of that name opens nothing for the next one: it
 * may do nothing any more, and the next one's will come under its name. Where the unknown is
 * denied, so is a pod that could not be planned for.
 */
final class Held {
  private final LoopState state;
  private final ObservedState observed;
  private final UntilKnown untilKnown;
  private final Set<PodRef> served = new HashSet<>();
  private final Set<String> open;
  private final Map<Integer, Boolean> isolated = new HashMap<>();
  private final Map<PodRef, Set<String>> pods = new TreeMap<>();

  /**
   * Finds them, after attaching.
   *
   * @param failing the interfaces that take no program: where the unknown is allowed they are as
   *     they were, and reported
   */
  Held(
      LoopState state,
      ObservedState observed,
      Map<HostInterface, Attacher.Bound> bound,
      Set<String> failing,
      UntilKnown untilKnown) {
    this.state = state;
    this.observed = observed;
    this.untilKnown = untilKnown;
    this.open = new HashSet<>(untilKnown == UntilKnown.ALLOW ? failing : Set.of());
    bound.forEach((at, to) -> {
      if (isStillThatPod(to)) {
        open.add(at.name());
        served.add(to.pod());
      }
    });
  }

  /** Takes the names from where they are known. */
  Held under(PodInterfaces interfaces) {
    for (LocalPod pod : state.policy().pods().values()) {
      boolean complete = !pod.addresses().isEmpty() && served.contains(pod.pod());
      if (!complete && isToBeHeld(pod)) {
        Set<String> names = new TreeSet<>(interfaces.names(pod.pod()));
        names.removeAll(open);
        if (!names.isEmpty()) {
          pods.put(pod.pod(), names);
        }
      }
    }
    return this;
  }

  /** A static pod goes on when its object, a mirror that belongs to the node, is made again. */
  private boolean isStillThatPod(Attacher.Bound bound) {
    LocalPod now = state.policy().pods().get(bound.pod());
    return now == null || now.uid().equals(bound.uid()) || now.workload().kind().equals("Node");
  }

  private boolean isToBeHeld(LocalPod pod) {
    var endpoint = observed.endpoints().get(pod.pod());
    if (endpoint == null) {
      return untilKnown == UntilKnown.DENY;
    }
    return endpoint.mode() == Mode.ENFORCE
        && isolated.computeIfAbsent(
            pod.subject(), subject -> denies(state.policy().tables().get(subject)));
  }

  /** Whether a table denies anything; what has none is denied everything. */
  static boolean denies(@Nullable VerdictTable table) {
    return table == null || !table.distinctRows().stream().allMatch(Row::allowsEverything);
  }

  Set<String> names() {
    Set<String> names = new HashSet<>();
    pods.values().forEach(names::addAll);
    return names;
  }

  /** The pods that have no interface that is open to them. */
  Set<PodRef> waiting() {
    Set<PodRef> waiting = new TreeSet<>(pods.keySet());
    waiting.removeAll(served);
    return waiting;
  }
}
