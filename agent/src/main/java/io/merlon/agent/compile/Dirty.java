package io.merlon.agent.compile;

import java.util.LinkedHashSet;
import java.util.Set;

/** What events have touched, and nobody has yet drawn the consequences of. */
final class Dirty {
  /** Namespaces whose tests must be collected anew. */
  Set<NamespaceState> namespaces = new LinkedHashSet<>();

  /** Groups that must take all tests anew. */
  Set<PodGroup> groups = new LinkedHashSet<>();

  /** Groups with local pods whose policies must be found anew. */
  Set<PodGroup> selections = new LinkedHashSet<>();

  /** Nodes that must take all tests anew. */
  Set<NodeState> nodes = new LinkedHashSet<>();

  /** Addresses whose class must be found anew. */
  Set<AddressEntry> addresses = new LinkedHashSet<>();

  /** Local pods that are to be published anew. */
  Set<PodEntry> pods = new LinkedHashSet<>();

  /** Services that are to be published anew. */
  Set<ServiceState> services = new LinkedHashSet<>();

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

  /** Sets as large as the cluster once was would cost room, and each clearing a walk through it. */
  void clear() {
    namespaces = new LinkedHashSet<>();
    groups = new LinkedHashSet<>();
    selections = new LinkedHashSet<>();
    nodes = new LinkedHashSet<>();
    addresses = new LinkedHashSet<>();
    pods = new LinkedHashSet<>();
    services = new LinkedHashSet<>();
  }
}
