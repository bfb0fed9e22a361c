package io.merlon.agent.workbench;

import io.merlon.agent.compile.DecidedBy;
import io.merlon.agent.explain.Explanation;
import io.merlon.agent.explain.SideAnswer;
import io.merlon.agent.policy.PolicyRef;
import io.merlon.agent.policy.RuleRef;
import io.merlon.agent.watch.SourceMap;
import io.merlon.agent.watch.SourceMap.Place;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;

/** Explanations for people: the verdict, then each side with the rule that decided it. */
final class ExplainText {
  private final PrintWriter out;
  private final Paint paint;
  private final SourceMap sources;

  ExplainText(PrintWriter out, Paint paint, SourceMap sources) {
    this.out = out;
    this.paint = paint;
    this.sources = sources;
  }

  void print(Explanation explanation, String family) {
    var cell = explanation.cell();
    String verdict = cell.allowed() ? paint.good("allowed") : paint.bad("denied");
    out.println(
        paint.bold(cell.from() + " -> " + cell.to() + " " + cell.port())
            + " ("
            + family
            + "): "
            + verdict);
    print(explanation.egress());
    print(explanation.ingress());
  }

  private void print(SideAnswer side) {
    String way = side.direction().name().toLowerCase(Locale.ROOT);
    var decision = side.decision();
    String verdict = decision.allows() ? paint.good("allowed") : paint.bad("denied");
    out.println(
        "  "
            + way
            + " of "
            + side.subject()
            + ": "
            + verdict
            + ", "
            + Reason.sentence(decision.by()));
    decision.by().deciding().ifPresent(this::quote);
    if (decision.by() instanceof DecidedBy.DefaultDeny(_, var isolating)) {
      isolating.forEach(
          policy -> place(policy, "").ifPresent(at -> out.println("    isolated by " + at)));
    }
    if (side.nearest() != null) {
      out.println("    nearest: " + Miss.sentence(side.nearest()));
      quote(side.nearest().rule());
    }
  }

  private void quote(RuleRef rule) {
    String field = rule.field();
    place(rule.policy(), field)
        .ifPresentOrElse(
            at -> {
              out.println("    " + at + " (" + field + ")");
              Quote.of(at).forEach(line -> out.println("      | " + line));
            },
            () -> out.println("    " + rule.policy() + " " + field));
  }

  private Optional<Place> place(PolicyRef policy, String field) {
    return policy
        .object()
        .flatMap(object -> field.isEmpty() ? sources.place(object) : sources.place(object, field));
  }
}
