package io.merlon.agent.compile;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.Pod;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.VirtualLabels;
import io.merlon.agent.policy.MetadataGuard;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** The pods that run or will. Others have no address and no policy (semantics NP-26). */
final class PodRegistry {
  private final CompileOptions options;
  private final NamespaceRegistry namespaces;
  private final NodeRegistry nodes;
  private final AddressRegistry addresses;
  private final ProblemRegistry problems;
  private final Dirty dirty;
  private final boolean countsWorkloads;

  PodRegistry(
      CompileOptions options,
      NamespaceRegistry namespaces,
      NodeRegistry nodes,
      AddressRegistry addresses,
      ProblemRegistry problems,
      Dirty dirty) {
    this.options = options;
    this.namespaces = namespaces;
    this.nodes = nodes;
    this.addresses = addresses;
    this.problems = problems;
    this.dirty = dirty;
    this.countsWorkloads = options.countsWorkloads();
  }

  void put(ClusterEvent.Key key, Pod pod) {
    AddressEntry[] claimed = pod.phase().finished() ? new AddressEntry[0] : claimed(pod);
    boolean local = isLocal(pod);
    if (!local && claimed.length == 0) {
      remove(key);
      return;
    }
    NamespaceState namespace = namespaces.of(pod.namespace());
    PodEntry old = namespace.pods.get(pod.name());
    PodEntry entry = entry(namespace, pod, local);
    entry.addresses = claimed;
    entry.node = pod.node();
    if (old != null && isSame(old, entry)) {
      old.node = entry.node;
      return;
    }
    namespace.pods.put(entry.name, entry);
    attach(entry);
    if (old != null) {
      detach(old);
    }
    problems.set(
        key,
        local
            ? Problems.ofMetadata(key, pod.labels(), pod.annotations().get(Mode.ANNOTATION))
            : List.of());
  }

  void remove(ClusterEvent.Key key) {
    NamespaceState namespace = namespaces.get(key.namespace());
    PodEntry old = namespace == null ? null : namespace.pods.remove(key.name());
    if (namespace != null && old != null) {
      detach(old);
      problems.set(key, List.of());
      namespaces.forgetIfUnused(namespace);
    }
  }

  List<Address> addressesOf(String namespace, String name) {
    NamespaceState in = namespaces.get(namespace);
    PodEntry pod = in == null ? null : in.pods.get(name);
    return pod == null
        ? List.of()
        : Arrays.stream(pod.addresses).map(entry -> entry.address).toList();
  }

  private boolean isLocal(Pod pod) {
    return !pod.hostNetwork()
        && !pod.phase().finished()
        && (options.node() == null || options.node().equals(pod.node()));
  }

  private AddressEntry[] claimed(Pod pod) {
    List<AddressEntry> claimed = new ArrayList<>(pod.ips().size());
    for (String text : pod.ips()) {
      Address address = Address.parse(text);
      if (address != null) {
        AddressEntry entry = addresses.entry(address);
        if (!claimed.contains(entry)) {
          claimed.add(entry);
        }
      }
    }
    return claimed.toArray(AddressEntry[]::new);
  }

  private PodEntry entry(NamespaceState namespace, Pod pod, boolean local) {
    boolean fading = pod.terminating() || pod.phase() == Pod.Phase.UNKNOWN;
    if (pod.hostNetwork()) {
      NodeState host = pod.node() == null ? null : nodes.of(pod.node());
      return new PodEntry(namespace, pod.name(), null, host, fading, null);
    }
    String mode = pod.annotations().get(Mode.ANNOTATION);
    PodEntry.Local own = local ? new PodEntry.Local(pod.uid(), pod.node(), mode) : null;
    return new PodEntry(namespace, pod.name(), group(namespace, pod, local), null, fading, own);
  }

  private PodGroup group(NamespaceState namespace, Pod pod, boolean local) {
    PodGroup.Key key =
        new PodGroup.Key(
            VirtualLabels.withoutReserved(pod.labels()),
            pod.serviceAccount(),
            Ports.answers(pod.ports()),
            pod.owner(),
            local && countsWorkloads && pod.owner() == null ? pod.name() : null,
            local && MetadataGuard.exempts(pod.annotations()));
    PodGroup group = namespace.groups.get(key);
    if (group == null) {
      group = new PodGroup(namespace, key, key.labels(namespace.role(key.serviceAccount())));
      namespace.groups.put(key, group);
      dirty.groups.add(group);
    }
    return group;
  }

  private static boolean isSame(PodEntry a, PodEntry b) {
    return a.group == b.group
        && a.host == b.host
        && a.fading == b.fading
        && Objects.equals(a.local, b.local)
        && Arrays.equals(a.addresses, b.addresses);
  }

  private void attach(PodEntry pod) {
    PodGroup group = pod.group;
    for (AddressEntry address : pod.addresses) {
      if (pod.host != null) {
        addresses.claim(address, pod.host);
      } else if (group != null) {
        addresses.claim(address, pod);
      }
    }
    if (group != null) {
      group.add(pod);
      noteLocal(group, pod, 1);
    }
  }

  private void detach(PodEntry pod) {
    PodGroup group = pod.group;
    for (AddressEntry address : pod.addresses) {
      if (pod.host != null) {
        addresses.release(address, pod.host);
      } else if (group != null) {
        addresses.release(address, pod);
      }
    }
    if (pod.host != null) {
      nodes.forgetIfUnused(pod.host);
    }
    if (group != null) {
      group.remove(pod);
      noteLocal(group, pod, 0);
      if (group.size == 0) {
        group.namespace.groups.remove(group.key);
        dirty.groups.remove(group);
      }
    }
  }

  /** A group whose first local pod came or whose last one went has other policies than before. */
  private void noteLocal(PodGroup group, PodEntry pod, int atTurn) {
    if (pod.local != null) {
      dirty.pods.add(pod);
      if (group.locals == atTurn) {
        dirty.selections.add(group);
      }
    }
  }
}
