package io.merlon.agent.compile;

import io.merlon.agent.identity.Address;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whose every known address is, and so what class it should be in. */
final class AddressRegistry {
  private final Map<Address, AddressEntry> entries = new HashMap<>();
  private final CompileOptions options;
  private final TestRegistry tests;
  private final Dirty dirty;

  AddressRegistry(CompileOptions options, TestRegistry tests, Dirty dirty) {
    this.options = options;
    this.tests = tests;
    this.dirty = dirty;
  }

  @Nullable AddressEntry get(Address address) {
    return entries.get(address);
  }

  AddressEntry entry(Address address) {
    AddressEntry entry = entries.get(address);
    if (entry == null) {
      entry = new AddressEntry(address);
      entry.prefix = tests.prefixes.longest(address);
      entries.put(address, entry);
    }
    dirty.addresses.add(entry);
    return entry;
  }

  void claim(AddressEntry entry, PodEntry pod) {
    entry.pods = with(entry.pods, pod);
    dirty.addresses.add(entry);
  }

  void release(AddressEntry entry, PodEntry pod) {
    entry.pods = without(entry.pods, pod);
    dirty.addresses.add(entry);
  }

  void claim(AddressEntry entry, NodeState node) {
    if (node.claims.merge(entry, 1, Integer::sum) == 1) {
      entry.nodes = with(entry.nodes, node);
      dirty.addresses.add(entry);
    }
  }

  void release(AddressEntry entry, NodeState node) {
    if (node.claims.merge(entry, -1, Integer::sum) == 0) {
      node.claims.remove(entry);
      entry.nodes = without(entry.nodes, node);
      dirty.addresses.add(entry);
    }
  }

  void serve(AddressEntry entry, ServiceState service) {
    if (!entry.services.contains(service)) {
      entry.services = with(entry.services, service);
    }
  }

  void retire(AddressEntry entry, ServiceState service) {
    entry.services = without(entry.services, service);
    dirty.addresses.add(entry);
  }

  /** Almost every address has one owner: lists of one are small, and shared by nobody. */
  private static <T> List<T> with(List<T> list, T element) {
    if (list.isEmpty()) {
      return List.of(element);
    }
    List<T> longer = new ArrayList<>(list);
    longer.add(element);
    return List.copyOf(longer);
  }

  private static <T> List<T> without(List<T> list, T element) {
    List<T> shorter = new ArrayList<>(list);
    shorter.remove(element);
    return List.copyOf(shorter);
  }

  /** Forgets an address nobody has any more. */
  boolean forgetIfUnused(AddressEntry entry) {
    if (entry.isUnused()) {
      entries.remove(entry.address);
      return true;
    }
    return false;
  }

  /** Finds the addresses that changed prefixes concern. */
  void settle(PrefixRegistry.Settled prefixes) {
    if (prefixes.changed().isEmpty() && !prefixes.membersChanged()) {
      return;
    }
    for (AddressEntry entry : entries.values()) {
      if (prefixes.membersChanged()) {
        PrefixState longest = tests.prefixes.longest(entry.address);
        if (longest != entry.prefix) {
          entry.prefix = longest;
          dirty.addresses.add(entry);
        }
      }
      if (entry.prefix != null && prefixes.changed().contains(entry.prefix)) {
        dirty.addresses.add(entry);
      }
    }
  }

  /** The class an address should be in. */
  ClassKey keyOf(AddressEntry entry) {
    int[] byPrefix = entry.prefix == null ? TestNumbers.NONE : entry.prefix.tests;
    if (entry.nodes.isEmpty()) {
      if (entry.pods.isEmpty()) {
        return entry.prefix == null ? ClassKey.NONE : entry.prefix.key;
      }
      PodGroup group = entry.pods.getFirst().group;
      if (entry.pods.size() == 1 && group != null) {
        return group.classAt(byPrefix, tests);
      }
    }
    for (NodeState node : entry.nodes) {
      if (node.name.equals(options.node())) {
        return ClassKey.OWN_NODE;
      }
    }
    return disputed(entry, byPrefix);
  }

  /**
   * The class of an address that several have. A pod that is going yields to one that is not; among
   * the rest, nobody can say whose it is: it may only what all of them may.
   */
  private ClassKey disputed(AddressEntry entry, int[] byPrefix) {
    Set<Signature> signatures = new HashSet<>();
    boolean allFade = entry.pods.stream().allMatch(pod -> pod.fading);
    for (PodEntry pod : entry.pods) {
      if (pod.group != null && (allFade || !pod.fading)) {
        signatures.addAll(pod.group.classAt(byPrefix, tests).signatures());
      }
    }
    for (NodeState node : entry.nodes) {
      signatures.add(new Signature(TestNumbers.union(node.tests, byPrefix), List.of()));
    }
    return ClassKey.of(signatures);
  }
}
