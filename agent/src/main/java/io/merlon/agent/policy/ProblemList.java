package io.merlon.agent.policy;

import io.merlon.agent.api.ClusterEvent;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with one object. */
final class ProblemList {
  private final ClusterEvent.Key object;
  private final List<CompileProblem> problems = new ArrayList<>();

  ProblemList(ClusterEvent.Key object) {
    this.object = object;
  }

  void add(String field, String reason) {
    problems.add(new CompileProblem(object, field, reason));
  }

  List<CompileProblem> toList() {
    return problems;
  }
}
