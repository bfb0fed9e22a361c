package io.merlon.agent.lab;

import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A node: a network namespace with an uplink, its pods, and its agent. */
final class LabNode implements AutoCloseable {
  /**
   * What makes a node another one.
   *
   * @param addresses its own
   */
  record Described(String name, List<Address> addresses) {
    Described {
      addresses = List.copyOf(addresses);
    }
  }

  /** What makes a pod another one. */
  record PodDescribed(PodRef name, boolean hostNetwork, List<Address> addresses) {
    PodDescribed {
      addresses = List.copyOf(addresses);
    }
  }

  private final Described described;
  private final int number;
  private final Fabric fabric;
  private final LabNamespace namespace;
  private final LabAgent agent;
  private final Map<PodDescribed, LabPod> pods = new HashMap<>();
  private int made;

  private LabNode(
      Described described, int number, Fabric fabric, LabNamespace namespace, LabAgent agent) {
    this.described = described;
    this.number = number;
    this.fabric = fabric;
    this.namespace = namespace;
    this.agent = agent;
  }

  /** What all nodes of a lab have in common. */
  record Site(Fabric fabric, LabSource source, Path own) {}

  /**
   * Makes a node, and starts its agent.
   *
   * @param number any that no other node has
   */
  static LabNode create(Described described, int number, Site site) {
    LabNamespace namespace = LabNamespace.create("@" + described.name());
    namespace.forward();
    site.fabric().connect(namespace, number);
    List<String> own = new ArrayList<>();
    for (Address address : described.addresses()) {
      String flag = address.isV6() ? " nodad" : "";
      own.add("address add " + Fabric.single(address) + " dev eth0" + flag);
    }
    namespace.ip(own);
    site.fabric().add(described.addresses(), number);
    LabAgent agent =
        LabAgent.start(namespace, described.name(), site.source().folder(), site.own());
    return new LabNode(described, number, site.fabric(), namespace, agent);
  }

  Described described() {
    return described;
  }

  LabAgent agent() {
    return agent;
  }

  /** Takes away the pods that are not among these. */
  void keepOnly(Set<PodDescribed> wanted) {
    for (PodDescribed pod : Set.copyOf(pods.keySet())) {
      if (!wanted.contains(pod)) {
        if (!pod.hostNetwork()) {
          fabric.remove(pod.addresses(), number);
        }
        Objects.requireNonNull(pods.remove(pod)).close();
      }
    }
  }

  /** Makes those of these pods that are not there yet. */
  void add(Set<PodDescribed> wanted) {
    for (PodDescribed pod : wanted) {
      if (!pods.containsKey(pod)) {
        pods.put(pod, create(pod));
      }
    }
  }

  private LabPod create(PodDescribed pod) {
    if (pod.hostNetwork()) {
      return LabPod.ofHostNetwork(namespace);
    }
    made++;
    LabPod created = LabPod.create(namespace, pod.name(), pod.addresses(), made);
    fabric.add(pod.addresses(), number);
    return created;
  }

  /** Its pods, by name. */
  Map<PodRef, LabPod> pods() {
    Map<PodRef, LabPod> byName = new HashMap<>();
    pods.forEach((described, pod) -> byName.put(described.name(), pod));
    return byName;
  }

  /** The pods an agent has to do with. */
  Set<PodRef> enforced() {
    Set<PodRef> names = new HashSet<>();
    pods.keySet().stream().filter(pod -> !pod.hostNetwork()).forEach(pod -> names.add(pod.name()));
    return names;
  }

  @Override
  public void close() {
    keepOnly(Set.of());
    agent.close();
    fabric.remove(described.addresses(), number);
    fabric.disconnect(number);
    namespace.close();
  }
}
