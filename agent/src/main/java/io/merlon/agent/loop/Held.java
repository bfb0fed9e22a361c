package io.merlon.agent.loop;

import io.merlon.agent.compile.LocalPod;
import io.merlon.agent.compile.Mode;
import io.merlon.agent.compile.Row;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.interfaces.PodInterfaces;
import io.merlon.agent.plan.ObservedState;
import io.merlon.agent.program.HostInterface;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The interfaces to be held: those that pods will have whose policy is in the kernel already, but
 * at whose interface our programs are not yet. Nobody is fast enough to attach to an interface
 * before its first packet; what is held needs nobody.
 *
 * <p>A pod is held in the mode enforce only, and only if something is denied to it. It has all its
 * interfaces when the cluster tells its addresses; until then the names of all it may have are
 * held.
 */
final class Held {
  private Held() {}

  /**
   * The names.
   *
   * @param attached where our programs are, and for what
   * @param failed the interfaces that take no program: they are as they were, and reported
   */
  static Set<String> names(
      LoopState state,
      ObservedState observed,
      PodInterfaces interfaces,
      Map<HostInterface, HookUse> attached,
      Set<String> failed) {
    Set<PodRef> bound = new HashSet<>();
    Set<String> open = new HashSet<>(failed);
    attached.forEach((at, use) -> {
      if (use instanceof HookUse.OfPod(var pod)) {
        bound.add(pod);
        open.add(at.name());
      }
    });
    Set<String> names = new HashSet<>();
    Map<Integer, Boolean> isolated = new HashMap<>();
    for (LocalPod pod : state.policy().pods().values()) {
      boolean complete = !pod.addresses().isEmpty() && bound.contains(pod.pod());
      if (!complete
          && isEnforced(observed, pod.pod())
          && isolated.computeIfAbsent(pod.subject(), subject -> denies(state, subject))) {
        names.addAll(interfaces.names(pod.pod()));
      }
    }
    names.removeAll(open);
    return names;
  }

  private static boolean isEnforced(ObservedState observed, PodRef pod) {
    var endpoint = observed.endpoints().get(pod);
    return endpoint != null && endpoint.mode() == Mode.ENFORCE;
  }

  private static boolean denies(LoopState state, int subject) {
    VerdictTable table = state.policy().tables().get(subject);
    return table != null && !table.distinctRows().stream().allMatch(Row::allowsEverything);
  }
}
