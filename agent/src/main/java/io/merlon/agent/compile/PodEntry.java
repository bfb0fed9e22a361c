package io.merlon.agent.compile;

import org.jspecify.annotations.Nullable;

/** A pod that runs or will. There may be 50,000 of them: what replicas share is in their group. */
final class PodEntry {
  final NamespaceState namespace;
  final String name;

  /** Null for a pod of the host network, which is its node to policies (semantics NP-18). */
  final @Nullable PodGroup group;

  /** The node of a pod of the host network. */
  final @Nullable NodeState host;

  /** Whether another pod may have its addresses already. */
  final boolean fading;

  final @Nullable Local local;
  AddressEntry[] addresses = {};

  /** Where it runs; of no use but to name it. */
  @Nullable String node;

  @Nullable PodEntry previous;
  @Nullable PodEntry next;

  PodEntry(
      NamespaceState namespace,
      String name,
      @Nullable PodGroup group,
      @Nullable NodeState host,
      boolean fading,
      @Nullable Local local) {
    this.namespace = namespace;
    this.name = name;
    this.group = group;
    this.host = host;
    this.fading = fading;
    this.local = local;
  }

  /**
   * What matters of a local pod only.
   *
   * @param mode the mode its annotation asks for, as written
   */
  record Local(String uid, @Nullable String node, @Nullable String mode) {}
}
