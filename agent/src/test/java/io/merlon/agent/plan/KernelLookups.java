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
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model of what the kernel looks up for a packet that opens a flow, in whatever state the maps
 * are: the endpoint, the peer's class, the service, the row of the subject's table.
 */
final class KernelLookups {
  /** What a packet to a service gets whose backends differ: it is let through and judged there. */
  static final Decision JUDGED_LATER = Decision.unknown(Verdict.ALLOW, 2);

  private final ObservedState state;
  private final Map<Address, Integer> classes = new HashMap<>();
  private final Map<PodRef, Judge> judges = new HashMap<>();

  private record Judge(Endpoint endpoint, @Nullable VerdictTable table) {}

  KernelLookups(ObservedState state) {
    this.state = state;
  }

  ObservedState state() {
    return state;
  }

  private int classOf(Address address) {
    return classes.computeIfAbsent(address, state.addresses()::classOf);
  }

  /** What the kernel does. */
  record Treatment(Decision decision, boolean passes) {}

  /** Null if nobody knows the pod. */
  @Nullable Treatment treatment(
      PodRef pod, Direction direction, Address peer, Protocol protocol, int port) {
    Judge judge = judges.computeIfAbsent(pod, this::judge);
    if (judge == null) {
      return null;
    }
    Decision decision = decide(judge, direction, peer, protocol, port);
    return new Treatment(decision, decision.allows() || !judge.endpoint().isEnforced());
  }

  private @Nullable Judge judge(PodRef pod) {
    Endpoint endpoint = state.endpoints().get(pod);
    return endpoint == null ? null : new Judge(endpoint, state.tableOf(endpoint.subject()));
  }

  private Decision decide(
      Judge judge, Direction direction, Address peer, Protocol protocol, int port) {
    int ofAddress = classOf(peer);
    if (ofAddress == PeerClass.OWN_NODE) {
      return Decision.OWN_NODE;
    }
    if (judge.endpoint().addresses().contains(peer)) {
      return Decision.ITSELF;
    }
    ServiceTarget service =
        direction == Direction.EGRESS
            ? state.services().get(new ServiceKey(peer, protocol, port))
            : null;
    return switch (service) {
      case null -> row(judge, ofAddress, direction, protocol, port);
      case ServiceTarget.Uniform(int peerClass, int target) ->
          row(judge, peerClass, direction, protocol, target);
      case ServiceTarget.Mixed() -> JUDGED_LATER;
    };
  }

  private static Decision row(
      Judge judge, int peerClass, Direction direction, Protocol protocol, int port) {
    VerdictTable table = judge.table();
    return table == null
        ? Decision.unknown(Verdict.DENY, 1)
        : table.decide(peerClass, direction, protocol, port);
  }
}
