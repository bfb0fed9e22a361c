package io.merlon.agent.compile;

import io.merlon.agent.identity.LabelSet;
import io.merlon.agent.policy.PeerSelector;
import io.merlon.agent.policy.PeerSelector.Block;
import io.merlon.agent.policy.PeerSelector.Nodes;
import io.merlon.agent.policy.PeerSelector.Pods;
import io.merlon.agent.policy.PodSelection;
import io.merlon.agent.policy.PortMatch.NamedPort;
import io.merlon.agent.policy.Selector;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The peers of rules that are in force, as a question with yes and no: is the address one of them?
 */
final class PeerTest {
  private static final Comparator<Block> BY_CIDR =
      Comparator.comparing(Block::cidr).thenComparing(block -> block.except().toString());

  final int number;
  final Set<PeerSelector> peers;

  /** How many rules ask it. */
  int uses;

  /** The port names that egress rules use with these peers, with the number of such uses. */
  final Map<NamedPort, Integer> asked = new HashMap<>();

  private final List<PodSelection> pods;
  private final List<Selector> nodes;
  private final List<Block> blocks;

  PeerTest(int number, Set<PeerSelector> peers) {
    this.number = number;
    this.peers = peers;
    this.pods =
        peers.stream().filter(Pods.class::isInstance).map(p -> ((Pods) p).selection()).toList();
    this.nodes =
        peers.stream().filter(Nodes.class::isInstance).map(p -> ((Nodes) p).selector()).toList();
    this.blocks =
        peers.stream()
            .filter(Block.class::isInstance)
            .map(Block.class::cast)
            .sorted(BY_CIDR)
            .toList();
  }

  List<Block> blocks() {
    return blocks;
  }

  boolean hasNodes() {
    return !nodes.isEmpty();
  }

  /** Whether pods of this namespace can pass. */
  boolean concerns(NamespaceState namespace) {
    for (PodSelection selection : pods) {
      if (selection.namespaces().matches(namespace.name, namespace.labels)) {
        return true;
      }
    }
    return false;
  }

  boolean passes(PodGroup group) {
    NamespaceState namespace = group.namespace;
    for (PodSelection selection : pods) {
      if (selection.matches(namespace.name, namespace.labels, group.labels)) {
        return true;
      }
    }
    return false;
  }

  boolean passesNode(LabelSet labels) {
    for (Selector selector : nodes) {
      if (selector.matches(labels)) {
        return true;
      }
    }
    return false;
  }
}
