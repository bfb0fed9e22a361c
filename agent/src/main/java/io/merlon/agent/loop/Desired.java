package io.merlon.agent.loop;

import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.DecidedBy;
import io.merlon.agent.compile.Decision;
import io.merlon.agent.compile.LocalPod;
import io.merlon.agent.compile.Mode;
import io.merlon.agent.compile.PeerClass;
import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.compile.Row;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.glass.Breaks;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.plan.Capacities;
import io.merlon.agent.plan.DesiredState;
import io.merlon.agent.plan.Endpoint;
import io.merlon.agent.plan.ObservedState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel should hold: what the compiler says, and what only the node knows.
 *
 * <p>A pod's addresses are those the cluster tells and those whose routes lead to its interface:
 * the CNI sets these up before the pod's first packet, the cluster tells them seconds later.
 *
 * <p>A pod that the cluster no longer has, but whose interface is still there, may still run (it
 * was deleted by force). Nobody knows any more what it may do, so it may do nothing, in the mode it
 * had; what suspended that mode goes on and ends as for any other pod.
 */
final class Desired {
  private static final int MOST_SUBJECTS = 1 << 12;

  private static final VerdictTable NOTHING = nothing();

  private Desired() {}

  static DesiredState of(LoopState state, ObservedState observed, Capacities capacities) {
    CompiledPolicy policy = state.policy();
    LinkState links = state.links();
    Map<PodRef, Set<Address>> routed = routed(links);
    PersistentMap<PodRef, Endpoint> endpoints = PersistentMap.empty();
    for (LocalPod pod : policy.pods().values()) {
      endpoints =
          endpoints.with(
              pod.pod(),
              suspended(endpoint(pod, routed.get(pod.pod())), pod.pod(), state.breaks()));
    }
    PersistentMap<Integer, VerdictTable> tables = policy.tables();
    int nobody = (int) Math.min(capacities.subjects(), MOST_SUBJECTS) - 1;
    for (PodRef pod : Set.copyOf(links.owners().values())) {
      Endpoint before = observed.endpoints().get(pod);
      if (before != null && !policy.pods().containsKey(pod)) {
        Endpoint denied = new Endpoint(nobody, before.lasting(), before.addresses());
        endpoints = endpoints.with(pod, suspended(denied, pod, state.breaks()));
        tables = tables.with(nobody, NOTHING);
      }
    }
    return new DesiredState(endpoints, tables, policy.addresses(), policy.services());
  }

  /**
   * Where nothing new can be enforced, because not all is known or not all fits: what the kernel
   * holds, but suspended where the glass is broken, and no longer where it was since {@code begun}.
   * An end that this process did not see begin may be that of an annotation not told about yet; it
   * comes by itself.
   */
  static Optional<DesiredState> suspending(
      ObservedState observed, Breaks breaks, Set<PodRef> begun) {
    PersistentMap<PodRef, Endpoint> endpoints = observed.endpoints();
    for (Map.Entry<PodRef, Endpoint> held : observed.endpoints().entrySet()) {
      PodRef pod = held.getKey();
      Endpoint endpoint = held.getValue();
      if (breaks.covers(pod) || (endpoint.end() != 0 && begun.contains(pod))) {
        Endpoint asked = endpoint.with(endpoint.lasting(), 0);
        endpoints = endpoints.with(pod, suspended(asked, pod, breaks));
      }
    }
    PersistentMap<Integer, VerdictTable> tables = PersistentMap.empty();
    for (Integer subject : observed.subjects().keySet()) {
      VerdictTable table = observed.tableOf(subject);
      tables = table == null ? tables : tables.with(subject, table);
    }
    return endpoints.equals(observed.endpoints())
        ? Optional.empty()
        : Optional.of(
            new DesiredState(endpoints, tables, observed.addresses(), observed.services()));
  }

  private static Map<PodRef, Set<Address>> routed(LinkState links) {
    Map<PodRef, Set<Address>> routed = new HashMap<>();
    links
        .owners()
        .forEach((ifindex, pod) -> {
          Set<Address> own = links.routes().get(ifindex);
          if (own != null) {
            routed.computeIfAbsent(pod, p -> new HashSet<>()).addAll(own);
          }
        });
    return routed;
  }

  /** As it is where the glass is broken, and until when. */
  private static Endpoint suspended(Endpoint endpoint, PodRef pod, Breaks breaks) {
    Mode asked = endpoint.mode();
    return endpoint.with(breaks.mode(pod, asked), breaks.end(pod, asked));
  }

  private static Endpoint endpoint(LocalPod pod, @Nullable Set<Address> routed) {
    List<Address> addresses = pod.addresses();
    if (routed != null && !addresses.containsAll(routed)) {
      addresses = new ArrayList<>(addresses);
      for (Address address : routed.stream().sorted().toList()) {
        if (!addresses.contains(address)) {
          addresses.add(address);
        }
      }
    }
    return new Endpoint(pod.subject(), pod.mode(), addresses);
  }

  private static VerdictTable nothing() {
    Row denied = Row.of(Decision.deny(new DecidedBy.Forgotten()));
    return VerdictTable.of(Map.of(PeerClass.ANY, denied), Map.of(PeerClass.ANY, denied));
  }
}
