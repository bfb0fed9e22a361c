package io.merlon.agent.compile;

import io.merlon.agent.identity.LabelSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A node. There is one as soon as anything names it. */
final class NodeState {
  final String name;
  boolean exists;
  LabelSet labels = LabelSet.EMPTY;
  int[] tests = TestNumbers.NONE;

  /** What the node object itself claims. */
  List<AddressEntry> own = List.of();

  /** All its addresses, with the number of those who say so: the node, its host-network pods. */
  final Map<AddressEntry, Integer> claims = new HashMap<>();

  NodeState(String name) {
    this.name = name;
  }

  boolean isUnused() {
    return !exists && claims.isEmpty();
  }
}
