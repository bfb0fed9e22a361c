package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterEvent;
import java.util.List;

/**
 * A cluster's life as a watcher hears of it.
 *
 * @param chapters each ends with everything said rightly
 */
record Story(long seed, List<Chapter> chapters) {
  /**
   * @param restart whether the listener begins anew before it, and first hears what there is
   * @param noise late, doubled, outdated and out of order
   * @param settling the last word on all that the noise touched
   */
  record Chapter(boolean restart, List<ClusterEvent> noise, List<ClusterEvent> settling) {}
}
