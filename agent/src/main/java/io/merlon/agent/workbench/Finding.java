package io.merlon.agent.workbench;

import io.merlon.agent.explain.Advice;
import io.merlon.agent.explain.Advisor;
import io.merlon.agent.explain.Risk;
import io.merlon.agent.watch.ManifestProblem;
import io.merlon.agent.watch.ManifestProblem.Severity;
import java.util.ArrayList;
import java.util.List;

/**
 * Something {@code check} reports.
 *
 * @param rule what kind of thing it is, by a name that never changes
 */
record Finding(String rule, ManifestProblem problem) {
  /** What is invalid, or not as it may be meant: everything that is no {@link Risk}. */
  static final String INVALID = "invalid";

  /** All findings in a study: invalid pieces first, then risks. */
  static List<Finding> of(Study study) {
    List<Finding> findings = new ArrayList<>();
    study.problems().forEach(problem -> findings.add(new Finding(INVALID, problem)));
    for (Advice advice : Advisor.advise(study.cluster(), study.policy())) {
      findings.add(
          new Finding(
              advice.risk().id(),
              study.placed(
                  advice.object(), advice.field(), advice.text(), severity(advice.risk()))));
    }
    return findings;
  }

  static Severity severity(Risk risk) {
    return switch (risk.level()) {
      case WARNING -> Severity.WARNING;
      case NOTE -> Severity.NOTE;
    };
  }

  @Override
  public String toString() {
    return problem + " [" + rule + "]";
  }
}
