package io.merlon.agent.explain;

import io.merlon.agent.compile.Decision;
import io.merlon.agent.policy.Direction;
import org.jspecify.annotations.Nullable;

/**
 * What one side of a connection says to it.
 *
 * @param subject whose policies were asked
 * @param nearest the rule that came nearest to allowing it; null if it is allowed, or no rule could
 */
public record SideAnswer(
    Direction direction, End subject, Decision decision, @Nullable NearMiss nearest) {}
