package io.merlon.agent.workbench;

import io.merlon.agent.compile.DecidedBy;
import io.merlon.agent.policy.PolicyRef;
import java.util.stream.Collectors;

/** Why a decision is what it is: a stable word for programs, a sentence for people. */
final class Reason {
  private Reason() {}

  static String word(DecidedBy by) {
    return switch (by) {
      case DecidedBy.Rule _ -> "rule";
      case DecidedBy.Guard _ -> "metadata-guard";
      case DecidedBy.DefaultDeny _ -> "default-deny";
      case DecidedBy.DefaultAllow _ -> "default-allow";
      case DecidedBy.OwnNode _ -> "own-node";
      case DecidedBy.Itself _ -> "itself";
      case DecidedBy.NotASubject _ -> "not-a-subject";
      case DecidedBy.Forgotten _ -> "forgotten";
      case DecidedBy.Unknown _ -> "unknown";
    };
  }

  static String sentence(DecidedBy by) {
    return switch (by) {
      case DecidedBy.Rule(_, var rule) -> rule.toString();
      case DecidedBy.Guard(var rule) -> rule.toString();
      case DecidedBy.DefaultDeny(_, var isolating) ->
          isolating.stream()
              .map(PolicyRef::toString)
              .collect(Collectors.joining(", ", "no rule of ", ""));
      case DecidedBy.DefaultAllow _ -> "no policy isolates it";
      case DecidedBy.OwnNode _ -> "its own node";
      case DecidedBy.Itself _ -> "itself";
      case DecidedBy.NotASubject _ -> "no pod policies apply to";
      case DecidedBy.Forgotten _ -> "a pod the cluster no longer has";
      case DecidedBy.Unknown(long cookie) -> "rule " + Long.toHexString(cookie);
    };
  }
}
