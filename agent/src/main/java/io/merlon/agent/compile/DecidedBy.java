package io.merlon.agent.compile;

import io.merlon.agent.policy.Action;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.PolicyRef;
import io.merlon.agent.policy.RuleRef;
import io.merlon.agent.policy.Tier;
import java.util.List;
import java.util.Optional;

/** Why a decision is what it is. */
public sealed interface DecidedBy {
  /** Why a rule's decision is what it is: denials of Merlon's own have a reason of their own. */
  static DecidedBy of(Tier tier, RuleRef rule, Action action) {
    return rule.policy().kind() == PolicyRef.Kind.METADATA_GUARD && action == Action.DENY
        ? new Guard(rule)
        : new Rule(tier, rule);
  }

  /** The rule that decided, if one did. */
  default Optional<RuleRef> deciding() {
    return switch (this) {
      case Rule(_, var rule) -> Optional.of(rule);
      case Guard(var rule) -> Optional.of(rule);
      case DefaultDeny _,
          DefaultAllow _,
          OwnNode _,
          Itself _,
          NotASubject _,
          Forgotten _,
          Unknown _ ->
          Optional.empty();
    };
  }

  /** A rule matched. */
  record Rule(Tier tier, RuleRef rule) implements DecidedBy {}

  /** Merlon's own guard of the instance metadata service denied it. */
  record Guard(RuleRef rule) implements DecidedBy {}

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
