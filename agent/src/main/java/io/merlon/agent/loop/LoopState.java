package io.merlon.agent.loop;

import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.glass.Breaks;
import io.merlon.agent.watch.SyncState;

/**
 * Everything the loop has been told, and what it made of it. A value.
 *
 * @param inForce the {@code policy} that was enforced completely last
 */
record LoopState(
    SyncState cluster,
    CompiledPolicy policy,
    LinkState links,
    PolicyRevisions policies,
    CompiledPolicy inForce,
    Breaks breaks) {

  static LoopState knowing(CompiledPolicy policy, LinkState links) {
    return new LoopState(
        SyncState.NOTHING, policy, links, PolicyRevisions.NONE, policy, Breaks.NONE);
  }

  /**
   * Whether what is known suffices to change what is enforced. Before all objects are known, a peer
   * nobody has told about yet would be judged as a stranger, and a deny rule might be missing.
   */
  boolean isKnown() {
    return cluster == SyncState.ALL && links.synced();
  }

  LoopState with(SyncState told) {
    return told.compareTo(cluster) <= 0
        ? this
        : new LoopState(told, policy, links, policies, inForce, breaks);
  }

  LoopState with(CompiledPolicy compiled) {
    return new LoopState(cluster, compiled, links, policies, inForce, breaks);
  }

  LoopState with(LinkState changed) {
    return new LoopState(cluster, policy, changed, policies, inForce, breaks);
  }

  LoopState with(PolicyRevisions changed) {
    return new LoopState(cluster, policy, links, changed, inForce, breaks);
  }

  /** After the kernel was brought to all of it. */
  LoopState enforced() {
    return new LoopState(cluster, policy, links, policies.enforced(), policy, breaks);
  }

  LoopState with(Breaks changed) {
    return new LoopState(cluster, policy, links, policies, inForce, changed);
  }
}
