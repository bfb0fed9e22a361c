package io.merlon.agent.explain;

import io.merlon.agent.policy.RuleRef;
import java.util.List;

/** A rule that would have allowed a connection, but for this. */
public record NearMiss(RuleRef rule, List<Obstacle> obstacles) {
  public NearMiss {
    obstacles = List.copyOf(obstacles);
  }

  int distance() {
    return obstacles.stream().mapToInt(Obstacle::distance).sum();
  }
}
