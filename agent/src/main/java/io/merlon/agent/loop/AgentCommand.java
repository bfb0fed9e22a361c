package io.merlon.agent.loop;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.interfaces.LinkEvent;
import io.merlon.agent.watch.SyncState;
import java.util.List;
import java.util.function.Consumer;

/** What the loop's thread is told. */
public sealed interface AgentCommand {
  /** Objects of the cluster changed. */
  record ClusterChanged(List<ClusterEvent> events) implements AgentCommand {
    public ClusterChanged {
      events = List.copyOf(events);
    }
  }

  /** So much of the cluster has been told now. */
  record ClusterSynced(SyncState state) implements AgentCommand {}

  /** Something happened to the node's interfaces. */
  record LinkChanged(LinkEvent event) implements AgentCommand {}

  /** Somebody wants to look at the kernel, which only the loop's thread may. */
  record Look(Consumer<Inside> visitor) implements AgentCommand {}

  /** The end: what was told before is still done, what comes later is not. */
  record Stop() implements AgentCommand {}
}
