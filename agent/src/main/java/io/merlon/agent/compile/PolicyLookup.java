package io.merlon.agent.compile;

import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.Protocol;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Judges a connection as the kernel does: the source's egress, then the destination's ingress. */
public final class PolicyLookup {
  private static final Row OWN_NODE = Row.of(Decision.OWN_NODE);
  private static final Row ITSELF = Row.of(Decision.ITSELF);
  private static final Row NOT_A_SUBJECT = Row.of(Decision.NOT_A_SUBJECT);

  private PolicyLookup() {}

  /**
   * One end of a connection.
   *
   * @param pod the pod whose address it is; null for anything else, a pod of the host network
   *     included
   */
  public record Side(@Nullable PodRef pod, Address address) {
    public static Side of(Address address) {
      return new Side(null, address);
    }

    public static Side of(PodRef pod, Address address) {
      return new Side(pod, address);
    }
  }

  /** Both decisions; a connection needs both (semantics NP-3). */
  public record Answer(Decision egress, Decision ingress) {
    public boolean allowed() {
      return egress.allows() && ingress.allows();
    }
  }

  /** Judges a connection to {@code port} of {@code to}; the port of {@link Protocol#OTHER} is 0. */
  public static Answer verdict(
      CompiledPolicy policy, Side from, Side to, Protocol protocol, int port) {
    return new Answer(
        decide(policy, from, to.address(), Direction.EGRESS, protocol, port),
        decide(policy, to, from.address(), Direction.INGRESS, protocol, port));
  }

  private static Decision decide(
      CompiledPolicy policy,
      Side side,
      Address peer,
      Direction direction,
      Protocol protocol,
      int port) {
    return row(policy, side, peer, direction).decide(protocol, port);
  }

  /** Everything a side decides about a peer in one direction. */
  public static Row row(CompiledPolicy policy, Side side, Address peer, Direction direction) {
    LocalPod pod = side.pod() == null ? null : policy.pods().get(side.pod());
    if (pod == null) {
      return NOT_A_SUBJECT;
    }
    if (pod.addresses().contains(peer) || peer.equals(side.address())) {
      return ITSELF;
    }
    List<String> owners = policy.nodes().get(peer);
    if (owners != null && pod.node() != null && owners.contains(pod.node())) {
      return OWN_NODE;
    }
    int peerClass = policy.addresses().classOf(peer);
    return peerClass == PeerClass.OWN_NODE
        ? OWN_NODE
        : policy.table(pod.subject()).row(peerClass, direction);
  }
}
