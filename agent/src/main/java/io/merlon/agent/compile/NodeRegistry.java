package io.merlon.agent.compile;

import io.merlon.agent.api.Node;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.LabelSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Nodes and their addresses. */
final class NodeRegistry {
  private final Map<String, NodeState> nodes = new HashMap<>();
  private final AddressRegistry addresses;
  private final Dirty dirty;

  NodeRegistry(AddressRegistry addresses, Dirty dirty) {
    this.addresses = addresses;
    this.dirty = dirty;
  }

  Collection<NodeState> all() {
    return nodes.values();
  }

  NodeState of(String name) {
    return nodes.computeIfAbsent(name, NodeState::new);
  }

  void forgetIfUnused(NodeState node) {
    if (node.isUnused()) {
      nodes.remove(node.name);
      dirty.nodes.remove(node);
    }
  }

  void put(Node object) {
    List<AddressEntry> claimed = new ArrayList<>();
    for (String text : object.addresses()) {
      Address address = Address.parse(text);
      if (address != null) {
        claimed.add(addresses.entry(address));
      }
    }
    set(of(object.name()), true, LabelSet.of(object.labels()), claimed);
  }

  void remove(String name) {
    NodeState node = nodes.get(name);
    if (node != null) {
      set(node, false, LabelSet.EMPTY, List.of());
      forgetIfUnused(node);
    }
  }

  private void set(NodeState node, boolean exists, LabelSet labels, List<AddressEntry> claimed) {
    node.exists = exists;
    node.labels = labels;
    dirty.nodes.add(node);
    claimed.forEach(entry -> addresses.claim(entry, node));
    node.own.forEach(entry -> addresses.release(entry, node));
    node.own = List.copyOf(claimed);
  }
}
