package io.merlon.agent.program;

import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.Decision;
import io.merlon.agent.compile.LocalPod;
import io.merlon.agent.compile.Mode;
import io.merlon.agent.compile.PeerClass;
import io.merlon.agent.compile.PolicyLookup;
import io.merlon.agent.compile.PolicyLookup.Side;
import io.merlon.agent.compile.ServiceKey;
import io.merlon.agent.compile.ServiceTarget;
import io.merlon.agent.identity.Address;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.Protocol;
import io.merlon.datapath.Slots;

/** A connection that is tried, and what the compiled policy says of it. */
record Asked(
    LocalPod pod, Address own, Address peer, Direction direction, Protocol protocol, int port) {

  /** The packet that tries; {@code otherPort} is that of the end that opens. */
  OpeningFrame frame(int otherPort) {
    return direction == Direction.EGRESS
        ? new OpeningFrame(own, peer, protocol, otherPort, port)
        : new OpeningFrame(peer, own, protocol, otherPort, port);
  }

  /** What decides, and whether the packet passes at this interface. */
  record Answer(SlotMeaning by, boolean passes, boolean isLeftOpen) {}

  Answer answer(CompiledPolicy policy) {
    boolean egress = direction == Direction.EGRESS;
    if (policy.addresses().classOf(peer) == PeerClass.OWN_NODE) {
      return new Answer(new SlotMeaning.Passed(Slots.NODE, egress), true, false);
    }
    if (pod.addresses().contains(peer)) {
      return new Answer(new SlotMeaning.Passed(Slots.SELF, egress), true, false);
    }
    ServiceTarget target =
        egress ? policy.services().get(new ServiceKey(peer, protocol, port)) : null;
    return switch (target) {
      case null -> of(lookup(policy));
      case ServiceTarget.Mixed() ->
          new Answer(new SlotMeaning.Passed(Slots.DEFERRED, true), true, true);
      case ServiceTarget.Uniform(int peerClass, int targetPort) ->
          peerClass == PeerClass.OWN_NODE
              ? new Answer(new SlotMeaning.Passed(Slots.NODE, true), true, false)
              : of(policy.table(pod.subject()).decide(peerClass, direction, protocol, targetPort));
    };
  }

  private Decision lookup(CompiledPolicy policy) {
    Side here = Side.of(pod.pod(), own);
    PolicyLookup.Answer answer =
        direction == Direction.EGRESS
            ? PolicyLookup.verdict(policy, here, Side.of(peer), protocol, port)
            : PolicyLookup.verdict(policy, Side.of(peer), here, protocol, port);
    return direction == Direction.EGRESS ? answer.egress() : answer.ingress();
  }

  private Answer of(Decision decision) {
    SlotMeaning by =
        new SlotMeaning.Decided(decision, io.merlon.datapath.Mode.valueOf(pod.mode().name()));
    return new Answer(by, decision.allows() || pod.mode() != Mode.ENFORCE, false);
  }
}
