package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterSnapshot;
import java.util.List;

/**
 * Something that turns a cluster into answers: the oracle, or what the oracle is there to judge.
 */
interface PolicyEngine {
  Judge over(ClusterSnapshot cluster);

  /** The same from the changes that led there; an incremental engine takes them one by one. */
  default Judge after(List<ClusterEvent> events) {
    return over(ClusterState.after(events).snapshot());
  }

  /** How reports call it. */
  String name();
}
