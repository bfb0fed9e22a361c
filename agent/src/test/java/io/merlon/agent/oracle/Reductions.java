package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterNetworkPolicy;
import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.api.Pod;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Every world one step smaller than a given one, the largest steps first. */
final class Reductions {
  private Reductions() {}

  static List<ClusterSnapshot> of(ClusterSnapshot c) {
    List<ClusterSnapshot> smaller = new ArrayList<>();
    drop(c.networkPolicies())
        .forEach(o -> smaller.add(with(c, c.pods(), o, c.clusterNetworkPolicies())));
    drop(c.clusterNetworkPolicies())
        .forEach(o -> smaller.add(with(c, c.pods(), c.networkPolicies(), o)));
    drop(c.pods())
        .forEach(o -> smaller.add(with(c, o, c.networkPolicies(), c.clusterNetworkPolicies())));
    dropOthers(c, smaller);
    each(c.networkPolicies(), PolicyReductions::of)
        .forEach(o -> smaller.add(with(c, c.pods(), o, c.clusterNetworkPolicies())));
    each(c.clusterNetworkPolicies(), TierReductions::of)
        .forEach(o -> smaller.add(with(c, c.pods(), c.networkPolicies(), o)));
    each(c.pods(), Reductions::pod)
        .forEach(o -> smaller.add(with(c, o, c.networkPolicies(), c.clusterNetworkPolicies())));
    return smaller;
  }

  private static ClusterSnapshot with(
      ClusterSnapshot c,
      Collection<Pod> pods,
      Collection<NetworkPolicy> policies,
      Collection<ClusterNetworkPolicy> clusterPolicies) {
    return new ClusterSnapshot(
        c.namespaces(),
        pods,
        c.serviceAccounts(),
        c.nodes(),
        c.services(),
        c.endpointSlices(),
        policies,
        clusterPolicies,
        c.podIdentityAssociations());
  }

  /** A namespace goes only after all that is in it: worlds stay what an API server would hold. */
  private static void dropOthers(ClusterSnapshot c, List<ClusterSnapshot> smaller) {
    ClusterState state = ClusterState.of(c);
    for (ClusterEvent event : state.puts()) {
      boolean inUse =
          switch (event.key().kind()) {
            case NAMESPACE ->
                state.puts().stream().anyMatch(o -> o.key().namespace().equals(event.key().name()));
            case NODE -> c.pods().stream().anyMatch(pod -> event.key().name().equals(pod.node()));
            case POD, NETWORK_POLICY, CLUSTER_NETWORK_POLICY -> true;
            default -> false;
          };
      if (!inUse) {
        ClusterState rest = ClusterState.of(c);
        rest.apply(new ClusterEvent.Gone(event.key()));
        smaller.add(rest.snapshot());
      }
    }
  }

  /** The list without one of its elements, in every way. */
  static <T> List<List<T>> drop(Collection<T> list) {
    List<List<T>> smaller = new ArrayList<>();
    List<T> original = List.copyOf(list);
    for (int i = 0; i < original.size(); i++) {
      List<T> copy = new ArrayList<>(original);
      copy.remove(i);
      smaller.add(copy);
    }
    return smaller;
  }

  /** The list with one of its elements smaller, in every way. */
  static <T> List<List<T>> each(Collection<T> list, Function<T, List<T>> smaller) {
    List<List<T>> lists = new ArrayList<>();
    List<T> original = List.copyOf(list);
    for (int i = 0; i < original.size(); i++) {
      for (T element : smaller.apply(original.get(i))) {
        List<T> copy = new ArrayList<>(original);
        copy.set(i, element);
        lists.add(copy);
      }
    }
    return lists;
  }

  /** Smaller lists: none at all, one fewer, one smaller. An empty list is not less than none. */
  static <T> List<@Nullable List<T>> lists(
      @Nullable List<T> list, boolean mayVanish, Function<T, List<T>> smaller) {
    List<@Nullable List<T>> lists = new ArrayList<>();
    if (list != null) {
      if (mayVanish) {
        lists.add(null);
      }
      lists.addAll(drop(list));
      lists.addAll(each(list, smaller));
    }
    return lists;
  }

  private static List<Pod> pod(Pod p) {
    List<Pod> smaller = new ArrayList<>();
    drop(p.ports()).forEach(ports -> smaller.add(with(p, p.labels(), p.ips(), ports)));
    maps(p.labels()).forEach(labels -> smaller.add(with(p, labels, p.ips(), p.ports())));
    if (!p.hostNetwork()) {
      drop(p.ips()).forEach(ips -> smaller.add(with(p, p.labels(), ips, p.ports())));
    }
    return smaller;
  }

  private static Pod with(
      Pod p, Map<String, String> labels, List<String> ips, List<Pod.ContainerPort> ports) {
    return new Pod(
        p.namespace(),
        p.name(),
        p.uid(),
        labels,
        p.annotations(),
        p.serviceAccount(),
        p.node(),
        p.hostNetwork(),
        p.phase(),
        ips,
        ports,
        p.owner(),
        p.terminating());
  }

  private static List<Map<String, String>> maps(Map<String, String> map) {
    List<Map<String, String>> smaller = new ArrayList<>();
    for (String key : new TreeMap<>(map).keySet()) {
      Map<String, String> copy = new TreeMap<>(map);
      copy.remove(key);
      smaller.add(copy);
    }
    return smaller;
  }

  static List<LabelSelector> selectors(@Nullable LabelSelector s) {
    List<LabelSelector> smaller = new ArrayList<>();
    if (s != null) {
      maps(s.matchLabels()).forEach(m -> smaller.add(new LabelSelector(m, s.matchExpressions())));
      drop(s.matchExpressions()).forEach(e -> smaller.add(new LabelSelector(s.matchLabels(), e)));
    }
    return smaller;
  }
}
