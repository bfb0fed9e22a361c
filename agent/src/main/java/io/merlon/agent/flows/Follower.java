package io.merlon.agent.flows;

import java.util.List;

/** Somebody who reads flows as they come. */
public interface Follower {
  /**
   * Takes flows, or refuses them for being too busy; none at all is a sign of life.
   *
   * @param missed so many were refused before these
   */
  boolean take(List<Flow> flows, long missed);
}
