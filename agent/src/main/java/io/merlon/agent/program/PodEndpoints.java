package io.merlon.agent.program;

import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.plan.Endpoint;
import io.merlon.bpf.BpfMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose interface each one is, and how it is enforced. An endpoint is put by pod; every interface
 * of the pod has it, those bound later too.
 *
 * <p>An interface is entered before its endpoint is written and removed after it: an endpoint in
 * the kernel always belongs to somebody.
 */
final class PodEndpoints {
  private final BpfMap<Integer, io.merlon.datapath.Endpoint> endpoints;
  private final BpfMap<Integer, InterfaceEntry> entries;
  private final Map<Integer, InterfaceEntry> interfaces = new HashMap<>();
  private final Map<PodRef, Set<Integer>> byPod = new HashMap<>();
  private final Map<PodRef, Endpoint> armed = new HashMap<>();

  PodEndpoints(NodeMaps maps) {
    this.endpoints = maps.kernel().endpoints();
    this.entries = maps.interfaces();
  }

  /** Takes over what is there; of a pod whose interfaces differ, all get what the first has. */
  PersistentMap<PodRef, Endpoint> adopt() {
    entries.entries().forEach(this::remember);
    Map<Integer, io.merlon.datapath.Endpoint> found = endpoints.entries();
    PersistentMap<PodRef, Endpoint> observed = PersistentMap.empty();
    for (Map.Entry<PodRef, Set<Integer>> pod : byPod.entrySet()) {
      for (int ifindex : pod.getValue()) {
        io.merlon.datapath.Endpoint endpoint = found.get(ifindex);
        if (endpoint != null && !armed.containsKey(pod.getKey())) {
          put(pod.getKey(), KernelValues.endpoint(endpoint));
          observed = observed.with(pod.getKey(), KernelValues.endpoint(endpoint));
        }
      }
    }
    return observed;
  }

  /** The interfaces, bound or not, with what is known of them. */
  Map<Integer, InterfaceEntry> interfaces() {
    return interfaces;
  }

  void put(PodRef pod, Endpoint endpoint) {
    io.merlon.datapath.Endpoint value = KernelValues.endpoint(endpoint);
    byPod.getOrDefault(pod, Set.of()).forEach(ifindex -> endpoints.put(ifindex, value));
    armed.put(pod, endpoint);
  }

  void delete(PodRef pod) {
    byPod.getOrDefault(pod, Set.of()).forEach(endpoints::delete);
    armed.remove(pod);
  }

  /** Enters an interface, and writes its endpoint if it is armed. */
  void enter(int ifindex, InterfaceEntry entry) {
    InterfaceEntry before = interfaces.get(ifindex);
    if (entry.equals(before)) {
      return;
    }
    entries.put(ifindex, entry);
    if (before != null) {
      forget(ifindex, before);
    }
    remember(ifindex, entry);
    Endpoint endpoint = entry.pod() == null ? null : armed.get(entry.pod());
    write(ifindex, endpoint);
  }

  private void write(int ifindex, @Nullable Endpoint endpoint) {
    if (endpoint == null) {
      endpoints.delete(ifindex);
    } else {
      endpoints.put(ifindex, KernelValues.endpoint(endpoint));
    }
  }

  private void remember(int ifindex, InterfaceEntry entry) {
    interfaces.put(ifindex, entry);
    if (entry.pod() != null) {
      byPod.computeIfAbsent(entry.pod(), _ -> new HashSet<>()).add(ifindex);
    }
  }

  private void forget(int ifindex, InterfaceEntry entry) {
    interfaces.remove(ifindex);
    Set<Integer> others = entry.pod() == null ? null : byPod.get(entry.pod());
    if (others != null && others.remove(ifindex) && others.isEmpty()) {
      byPod.remove(Objects.requireNonNull(entry.pod()));
    }
  }

  void leave(int ifindex) {
    endpoints.delete(ifindex);
    entries.delete(ifindex);
    InterfaceEntry entry = interfaces.get(ifindex);
    if (entry != null) {
      forget(ifindex, entry);
    }
  }

  /** Removes endpoints of interfaces nobody entered. */
  void sweep() {
    Set<Integer> stray = new HashSet<>(endpoints.entries().keySet());
    stray.removeAll(interfaces.keySet());
    stray.forEach(endpoints::delete);
  }

  /** How many entries of the kernel were not as they should be, and are again. */
  int repair() {
    Map<Integer, io.merlon.datapath.Endpoint> found = endpoints.entries();
    int repaired = 0;
    for (Map.Entry<Integer, InterfaceEntry> entry : interfaces.entrySet()) {
      PodRef pod = entry.getValue().pod();
      Endpoint endpoint = pod == null ? null : armed.get(pod);
      io.merlon.datapath.Endpoint wanted =
          endpoint == null ? null : KernelValues.endpoint(endpoint);
      if (!Objects.equals(wanted, found.get(entry.getKey()))) {
        write(entry.getKey(), endpoint);
        repaired++;
      }
    }
    return repaired;
  }
}
