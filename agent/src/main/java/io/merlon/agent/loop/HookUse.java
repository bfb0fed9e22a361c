package io.merlon.agent.loop;

import io.merlon.agent.config.UntilKnown;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.interfaces.Link;
import io.merlon.agent.plan.ObservedState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What our programs do at an interface. */
public sealed interface HookUse {
  /** They enforce a pod's policies. */
  record OfPod(PodRef pod) implements HookUse {}

  /** They let nothing through, because nothing is known of the pod yet. */
  record OfUnknown() implements HookUse {}

  /** They judge what services left open, on its way out of the node. */
  record OfUplink() implements HookUse {}

  /** What is to be done at each interface; what is not here is none of ours. */
  static Map<Integer, HookUse> wanted(
      LoopState state, ObservedState observed, LoopSettings settings) {
    Map<Integer, HookUse> wanted = new TreeMap<>();
    for (Link link : state.links().links().values()) {
      use(link, state, observed, settings).ifPresent(use -> wanted.put(link.ifindex(), use));
    }
    return wanted;
  }

  private static Optional<HookUse> use(
      Link link, LoopState state, ObservedState observed, LoopSettings settings) {
    PodRef owner = state.links().owners().get(link.ifindex());
    if (owner != null && state.isKnown() && observed.endpoints().containsKey(owner)) {
      return Optional.of(new OfPod(owner));
    }
    if (owner != null || isPods(link, settings)) {
      return settings.untilKnown() == UntilKnown.DENY
          ? Optional.of(new OfUnknown())
          : Optional.empty();
    }
    return beginsWithOne(link, settings.uplinkPrefixes())
        ? Optional.of(new OfUplink())
        : Optional.empty();
  }

  private static boolean isPods(Link link, LoopSettings settings) {
    return link.isPaired() && beginsWithOne(link, settings.podPrefixes());
  }

  private static boolean beginsWithOne(Link link, List<String> prefixes) {
    return prefixes.stream().anyMatch(link.name()::startsWith);
  }
}
