package io.merlon.agent.serve;

import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.Decision;
import io.merlon.agent.compile.PolicyLookup;
import io.merlon.agent.compile.PolicyLookup.Side;
import io.merlon.agent.flows.Flow;
import io.merlon.agent.flows.FlowEnd;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.policy.Protocol;

/** What the live compiler says of a flow that was seen before. */
final class FlowNow {
  private FlowNow() {}

  static String text(Flow flow, CompiledPolicy policy) {
    Protocol protocol =
        switch (flow.protocol()) {
          case "tcp" -> Protocol.TCP;
          case "udp" -> Protocol.UDP;
          case "sctp" -> Protocol.SCTP;
          default -> Protocol.OTHER;
        };
    PolicyLookup.Answer answer =
        PolicyLookup.verdict(
            policy,
            side(flow.source()),
            side(flow.destination()),
            protocol,
            protocol.hasPorts() ? flow.destination().port() : 0);
    Decision decision = flow.direction().equals("egress") ? answer.egress() : answer.ingress();
    return (decision.allows() ? "allowed" : "denied") + " by " + DecisionNames.text(decision);
  }

  private static Side side(FlowEnd end) {
    return end.kind().equals("pod")
        ? Side.of(new PodRef(end.namespace(), end.name()), end.address())
        : Side.of(end.address());
  }
}
