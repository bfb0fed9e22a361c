package io.merlon.agent.observe;

import io.merlon.agent.compile.DecidedBy;
import io.merlon.agent.compile.Decision;
import io.merlon.agent.identity.WorkloadRef;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.PolicyRef;
import io.merlon.agent.policy.RuleRef;
import io.merlon.agent.program.SlotMeaning;
import io.merlon.datapath.DropReason;
import io.merlon.datapath.Mode;
import io.merlon.datapath.Slots;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What packets are counted together.
 *
 * @param workload the local pods'
 * @param direction seen from these; "" where a pod may do nothing at all
 * @param reason what kind of thing decided
 * @param policy which policy did; those that isolate, where no rule allowed it
 * @param rule which of the policy's rules
 */
public record Series(
    WorkloadRef workload,
    String direction,
    Outcome outcome,
    String reason,
    String policy,
    String rule) {
  private static final int FIELDS = 8;
  private static final int POLICIES_NAMED = 3;

  /** What became of the packets. */
  public enum Outcome {
    ALLOWED,
    DENIED,
    /** Let through by a pod's audit mode alone. */
    WOULD_DENY;

    /** As metrics and flows spell it. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What comes of a decision in a mode. */
    public static Outcome of(boolean allowed, Mode mode) {
      return allowed || mode == Mode.OBSERVE ? ALLOWED : mode == Mode.AUDIT ? WOULD_DENY : DENIED;
    }
  }

  /** The series of a decision. */
  public static Series of(WorkloadRef workload, Decision decision, Mode mode) {
    Outcome outcome = Outcome.of(decision.allows(), mode);
    return switch (decision.by()) {
      case DecidedBy.Rule(_, RuleRef rule) -> of(workload, rule, outcome, "rule");
      case DecidedBy.Guard(RuleRef rule) ->
          of(workload, rule, outcome, label(DropReason.METADATA_GUARD));
      case DecidedBy.DefaultDeny(var direction, var isolating) ->
          new Series(workload, lower(direction), outcome, "default-deny", policies(isolating), "");
      case DecidedBy.DefaultAllow(var direction) ->
          new Series(workload, lower(direction), outcome, "default-allow", "", "");
      case DecidedBy.Forgotten() -> new Series(workload, "", outcome, "pod-forgotten", "", "");
      case DecidedBy.OwnNode() -> new Series(workload, "", outcome, "node", "", "");
      case DecidedBy.Itself() -> new Series(workload, "", outcome, "self", "", "");
      case DecidedBy.NotASubject() -> new Series(workload, "", outcome, "no-subject", "", "");
      case DecidedBy.Unknown _ -> new Series(workload, "", outcome, "deleted-policy", "", "");
    };
  }

  private static Series of(WorkloadRef workload, RuleRef rule, Outcome outcome, String reason) {
    return new Series(
        workload,
        lower(rule.direction()),
        outcome,
        reason,
        rule.policy().toString(),
        ruleName(rule));
  }

  /** A reason as metrics and flows spell it. */
  public static String label(DropReason reason) {
    return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The series of whatever a counter counts; none if it never counts. */
  public static Optional<Series> of(WorkloadRef workload, SlotMeaning meaning) {
    return switch (meaning) {
      case SlotMeaning.Decided(var decision, var mode) -> Optional.of(of(workload, decision, mode));
      case SlotMeaning.Refused(var reason, var mode, boolean egress) ->
          Optional.of(
              new Series(
                  workload,
                  egress ? "egress" : "ingress",
                  Outcome.of(false, mode),
                  label(reason),
                  "",
                  ""));
      case SlotMeaning.Passed(int passage, boolean egress) ->
          Optional.of(
              new Series(
                  workload,
                  egress ? "egress" : "ingress",
                  Outcome.ALLOWED,
                  passageName(passage),
                  "",
                  ""));
      case SlotMeaning.Unknown() -> Optional.empty();
    };
  }

  private static String passageName(int passage) {
    return switch (passage) {
      case Slots.NODE -> "node";
      case Slots.SELF -> "self";
      case Slots.DEFERRED -> "service-pending";
      default -> "none";
    };
  }

  /** A rule's own name, else its place. */
  public static String ruleName(RuleRef rule) {
    return rule.name() == null ? rule.place() : rule.name();
  }

  private static String policies(List<PolicyRef> isolating) {
    String named =
        String.join(
            ",", isolating.stream().limit(POLICIES_NAMED).map(PolicyRef::toString).toList());
    int more = isolating.size() - POLICIES_NAMED;
    return more > 0 ? named + ",+" + more : named;
  }

  private static String lower(Direction direction) {
    return direction.name().toLowerCase(Locale.ROOT);
  }

  /** As it is kept; names have no line breaks in them. */
  String text() {
    return String.join(
        "\n",
        workload.namespace(),
        workload.kind(),
        workload.name(),
        direction,
        outcome.name(),
        reason,
        policy,
        rule.replace('\n', ' '));
  }

  /** From what {@link #text} made; null from anything else. */
  static @Nullable Series parse(String text) {
    String[] parts = text.split("\n", -1);
    if (parts.length != FIELDS) {
      return null;
    }
    Outcome outcome =
        switch (parts[4]) {
          case "ALLOWED" -> Outcome.ALLOWED;
          case "DENIED" -> Outcome.DENIED;
          default -> Outcome.WOULD_DENY;
        };
    return new Series(
        new WorkloadRef(parts[0], parts[1], parts[2]),
        parts[3],
        outcome,
        parts[5],
        parts[6],
        parts[7]);
  }
}
