package io.merlon.agent.plan;

import io.merlon.agent.compile.Decision;
import io.merlon.agent.compile.PeerClass;
import io.merlon.agent.compile.ServiceKey;
import io.merlon.agent.compile.ServiceTarget;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.Protocol;
import io.merlon.agent.policy.Verdict;
import java.util.Objects;

/** Looks verdicts up as the kernel does, in whatever state the maps are. */
final class FakeDatapath {
  /** What a packet to a service gets whose backends differ: it is let through and judged there. */
  static final Decision JUDGED_LATER = Decision.unknown(Verdict.ALLOW, 1);

  private final ObservedState state;

  FakeDatapath(ObservedState state) {
    this.state = state;
  }

  Decision egress(PodRef pod, Address peer, Protocol protocol, int port) {
    ServiceTarget service = state.services().get(new ServiceKey(peer, protocol, port));
    return switch (service) {
      case null -> table(pod, state.addresses().classOf(peer), Direction.EGRESS, protocol, port);
      case ServiceTarget.Uniform(int peerClass, int target) ->
          table(pod, peerClass, Direction.EGRESS, protocol, target);
      case ServiceTarget.Mixed() -> JUDGED_LATER;
    };
  }

  Decision ingress(PodRef pod, Address peer, Protocol protocol, int port) {
    return table(pod, state.addresses().classOf(peer), Direction.INGRESS, protocol, port);
  }

  private Decision table(
      PodRef pod, int peerClass, Direction direction, Protocol protocol, int port) {
    if (peerClass == PeerClass.OWN_NODE) {
      return Decision.OWN_NODE;
    }
    Endpoint endpoint = Objects.requireNonNull(state.endpoints().get(pod));
    VerdictTable table = Objects.requireNonNull(state.tableOf(endpoint.subject()));
    return table.decide(peerClass, direction, protocol, port);
  }
}
