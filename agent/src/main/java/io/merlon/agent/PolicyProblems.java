package io.merlon.agent;

import io.merlon.agent.loop.AgentView;
import io.merlon.agent.policy.CompileProblem;
import io.merlon.agent.watch.ObjectProblem;
import java.util.List;

/** What is wrong with policies, as Events tell it. */
final class PolicyProblems {
  private PolicyProblems() {}

  static List<ObjectProblem> of(AgentView view) {
    return view.seen().problems().stream()
        .filter(problem -> view.policies().uids().containsKey(problem.object()))
        .map(problem -> told(view, problem))
        .toList();
  }

  private static ObjectProblem told(AgentView view, CompileProblem problem) {
    return ObjectProblem.ofPolicy(
        problem.object(),
        view.policies().uids().getOrDefault(problem.object(), ""),
        problem.field() + ": " + problem.reason());
  }
}
