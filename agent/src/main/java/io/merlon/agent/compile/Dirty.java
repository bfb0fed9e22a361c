package io.merlon.agent.compile;

import java.util.LinkedHashSet;
import java.util.Set;

/** What events have touched, and nobody has yet drawn the consequences of. */
final class Dirty {
  /** Namespaces whose tests must be collected anew. */
  final Set<NamespaceState> namespaces = new LinkedHashSet<>();

  /** Groups that must take all tests anew. */
  final Set<PodGroup> groups = new LinkedHashSet<>();

  /** Groups with local pods whose policies must be found anew. */
  final Set<PodGroup> selections = new LinkedHashSet<>();

  /** Nodes that must take all tests anew. */
  final Set<NodeState> nodes = new LinkedHashSet<>();

  /** Addresses whose class must be found anew. */
  final Set<AddressEntry> addresses = new LinkedHashSet<>();

  /** Local pods that are to be published anew. */
  final Set<PodEntry> pods = new LinkedHashSet<>();

  /** Services that are to be published anew. */
  final Set<ServiceState> services = new LinkedHashSet<>();

  void addressesOf(PodGroup group) {
    for (PodEntry pod = group.first; pod != null; pod = pod.next) {
      for (AddressEntry address : pod.addresses) {
        addresses.add(address);
      }
    }
  }

  void localsOf(PodGroup group) {
    if (group.locals > 0) {
      for (PodEntry pod = group.first; pod != null; pod = pod.next) {
        if (pod.local != null) {
          pods.add(pod);
        }
      }
    }
  }

  boolean isEmpty() {
    return namespaces.isEmpty()
        && groups.isEmpty()
        && selections.isEmpty()
        && nodes.isEmpty()
        && addresses.isEmpty()
        && pods.isEmpty()
        && services.isEmpty();
  }

  void clear() {
    namespaces.clear();
    groups.clear();
    selections.clear();
    nodes.clear();
    addresses.clear();
    pods.clear();
    services.clear();
  }
}
