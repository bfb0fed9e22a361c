package io.merlon.agent.policy;

import java.util.List;

/** A policy as understood, and what in it was not. */
public record Translation(Policy policy, List<CompileProblem> problems) {
  public Translation {
    problems = List.copyOf(problems);
  }
}
