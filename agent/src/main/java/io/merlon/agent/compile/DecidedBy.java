package io.merlon.agent.compile;

import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.PolicyRef;
import io.merlon.agent.policy.RuleRef;
import io.merlon.agent.policy.Tier;
import java.util.List;

/** Why a decision is what it is. */
public sealed interface DecidedBy {
  /** A rule matched. */
  record Rule(Tier tier, RuleRef rule) implements DecidedBy {}

  /** No rule matched, and these policies isolate the pod (semantics NP-1). */
  record DefaultDeny(Direction direction, List<PolicyRef> isolating) implements DecidedBy {
    public DefaultDeny {
      isolating = List.copyOf(isolating);
    }
  }

  /** Nothing decided otherwise (semantics NP-1, Tiers 4). */
  record DefaultAllow(Direction direction) implements DecidedBy {}

  /** The peer is the pod's own node (semantics NP-17). */
  record OwnNode() implements DecidedBy {}

  /** The peer is the pod itself (semantics NP-19). */
  record Itself() implements DecidedBy {}

  /** The side asked about is no pod policies apply to (semantics NP-3, NP-18). */
  record NotASubject() implements DecidedBy {}

  /** The cluster no longer has the pod, but its interface is still there: it may do nothing. */
  record Forgotten() implements DecidedBy {}

  /** Found in the kernel, made by a process that knew more about it than this one. */
  record Unknown(long cookie) implements DecidedBy {}
}
