package io.merlon.agent.compile;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.identity.VirtualLabels;
import io.merlon.agent.policy.CompileProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What can be wrong with objects that are no policies. */
final class Problems {
  private Problems() {}

  static List<CompileProblem> ofMetadata(
      ClusterEvent.Key object, Map<String, String> labels, @Nullable String mode) {
    List<CompileProblem> problems = new ArrayList<>();
    if (VirtualLabels.claimsReserved(labels)) {
      problems.add(
          new CompileProblem(
              object, "metadata.labels", "labels under " + VirtualLabels.PREFIX + " are ignored"));
    }
    if (mode != null && Mode.parse(mode) == null) {
      problems.add(
          new CompileProblem(
              object,
              "metadata.annotations[" + Mode.ANNOTATION + "]",
              "unknown mode \"" + mode + "\""));
    }
    return problems;
  }

  static CompileProblem noRole(ClusterEvent.Key object, String field, String arn) {
    return new CompileProblem(object, field, "not the arn of a role: \"" + arn + "\"");
  }
}
