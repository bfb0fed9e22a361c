package io.merlon.agent.compile;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.policy.CompileProblem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is wrong with the objects there are. */
final class ProblemRegistry {
  private final Map<ClusterEvent.Key, List<CompileProblem>> byObject = new HashMap<>();
  private List<CompileProblem> sorted = List.of();
  private boolean changed;

  void set(ClusterEvent.Key object, List<CompileProblem> problems) {
    List<CompileProblem> before =
        problems.isEmpty() ? byObject.remove(object) : byObject.put(object, problems);
    changed |= !problems.equals(before == null ? List.of() : before);
  }

  List<CompileProblem> sorted() {
    if (changed) {
      sorted = byObject.values().stream().flatMap(List::stream).sorted().toList();
      changed = false;
    }
    return sorted;
  }
}
