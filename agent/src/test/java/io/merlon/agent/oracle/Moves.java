package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.EndpointSlice;
import io.merlon.agent.api.EndpointSlice.Endpoint;
import io.merlon.agent.api.Node;
import io.merlon.agent.api.Pod;
import java.util.List;

/** The same name at another place: pods that are scheduled or replaced, slices that are edited. */
final class Moves {
  private final WorldGenerator generator;
  private final Dice dice;

  Moves(WorldGenerator generator, Dice dice) {
    this.generator = generator;
    this.dice = dice;
  }

  /**
   * The pod with other addresses: as a StatefulSet replaces it, or as it was before it was
   * scheduled. Its labels and ports mostly stay, so that nothing but the addresses tells.
   */
  Pod moved(Pod p, ClusterSnapshot c) {
    Node node = dice.pick(List.copyOf(c.nodes()));
    Pod drawn = generator.pods.next(p.namespace(), p.name(), List.copyOf(c.pods()), node);
    boolean kept = dice.chance(70) && !p.hostNetwork() && !drawn.hostNetwork();
    return new Pod(
        p.namespace(),
        p.name(),
        dice.chance(50) ? p.uid() : drawn.uid(),
        kept ? p.labels() : drawn.labels(),
        p.annotations(),
        kept ? p.serviceAccount() : drawn.serviceAccount(),
        drawn.node(),
        drawn.hostNetwork(),
        drawn.phase(),
        drawn.ips(),
        kept ? p.ports() : drawn.ports(),
        p.owner(),
        drawn.terminating());
  }

  /** The slice with some endpoints gone and others no longer, or again, serving. */
  EndpointSlice edited(EndpointSlice s) {
    List<Endpoint> endpoints =
        s.endpoints().stream()
            .filter(e -> dice.chance(70))
            .map(e ->
                dice.chance(30)
                    ? new Endpoint(e.addresses(), !e.serving(), !e.serving(), e.terminating())
                    : e)
            .toList();
    return new EndpointSlice(
        s.namespace(), s.name(), s.service(), s.addressType(), s.ports(), endpoints);
  }
}
