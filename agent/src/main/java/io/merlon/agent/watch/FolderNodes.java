package io.merlon.agent.watch;

import io.merlon.agent.api.Node;
import io.merlon.agent.watch.Manifest.OfPod;
import io.merlon.agent.watch.Manifest.OfWorkload;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of a folder: those it holds and those its pods name. A folder that has pods and speaks
 * of no node is a cluster of one.
 */
final class FolderNodes {
  static final String ONLY_NODE = "node";

  private static final String HOST_NAME_LABEL = "kubernetes.io/hostname";

  private final SortedMap<String, Node> nodes = new TreeMap<>();

  FolderNodes(Collection<Node> given, Collection<OfPod> pods, Collection<OfWorkload> workloads) {
    given.forEach(node -> nodes.put(node.name(), node));
    pods.forEach(pod -> name(pod.draft().node));
    workloads.stream()
        .map(workload -> workload.draft().template)
        .forEach(template -> name(template == null ? null : template.node));
    if (nodes.isEmpty() && !(pods.isEmpty() && workloads.isEmpty())) {
      name(ONLY_NODE);
    }
    giveAddresses();
  }

  Collection<Node> all() {
    return nodes.values();
  }

  Set<String> names() {
    return nodes.keySet();
  }

  /** The node by that name, or the first for a pod that names none. */
  @Nullable Node of(@Nullable String name) {
    if (name != null && !name.isEmpty()) {
      return nodes.get(name);
    }
    return nodes.isEmpty() ? null : nodes.get(nodes.firstKey());
  }

  private void name(@Nullable String name) {
    if (name != null && !name.isEmpty()) {
      nodes.computeIfAbsent(name, made -> new Node(made, Map.of(HOST_NAME_LABEL, made), List.of()));
    }
  }

  private void giveAddresses() {
    var lacking = new TreeSet<String>();
    var taken = new HashSet<String>();
    for (Node node : nodes.values()) {
      taken.addAll(node.addresses());
      if (node.addresses().isEmpty()) {
        lacking.add(node.name());
      }
    }
    Map<String, AddressPlan.Pair> assigned = AddressPlan.NODES.assign(lacking, taken);
    nodes.replaceAll((name, node) -> {
      AddressPlan.Pair pair = assigned.get(name);
      var labels = new LinkedHashMap<>(node.labels());
      labels.putIfAbsent(HOST_NAME_LABEL, name);
      return new Node(name, labels, pair == null ? node.addresses() : pair.both());
    });
  }
}
