package io.merlon.agent.loop;

import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.watch.SyncState;

/** Everything the loop has been told, and what it made of it. A value. */
record LoopState(
    SyncState cluster, CompiledPolicy policy, LinkState links, PolicyRevisions policies) {

  /**
   * Whether what is known suffices to change what is enforced. Before all objects are known, a peer
   * nobody has told about yet would be judged as a stranger, and a deny rule might be missing.
   */
  boolean isKnown() {
    return cluster == SyncState.ALL && links.synced();
  }

  LoopState with(SyncState told) {
    return told.compareTo(cluster) <= 0 ? this : new LoopState(told, policy, links, policies);
  }

  LoopState with(CompiledPolicy compiled) {
    return new LoopState(cluster, compiled, links, policies);
  }

  LoopState with(LinkState changed) {
    return new LoopState(cluster, policy, changed, policies);
  }

  LoopState with(PolicyRevisions changed) {
    return new LoopState(cluster, policy, links, changed);
  }
}
