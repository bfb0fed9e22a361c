package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterNetworkPolicy;
import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.EndpointSlice;
import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.api.NetworkPolicy.Peer;
import io.merlon.agent.api.NetworkPolicy.Port;
import io.merlon.agent.api.NetworkPolicy.Rule;
import io.merlon.agent.api.Node;
import io.merlon.agent.api.Pod;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** How a world is changed piece by piece, for a {@link Rereading}. */
final class WorldChanges {
  private WorldChanges() {}

  static UnaryOperator<ClusterSnapshot> policies(
      Function<Collection<NetworkPolicy>, Collection<NetworkPolicy>> change) {
    return c ->
        rebuild(
            c, c.nodes(), c.pods(), change.apply(c.networkPolicies()), c.clusterNetworkPolicies());
  }

  static UnaryOperator<ClusterSnapshot> eachPolicy(UnaryOperator<NetworkPolicy> change) {
    return policies(policies -> policies.stream().map(change).toList());
  }

  static UnaryOperator<ClusterSnapshot> tiers(
      Function<Collection<ClusterNetworkPolicy>, Collection<ClusterNetworkPolicy>> change) {
    return c ->
        rebuild(
            c, c.nodes(), c.pods(), c.networkPolicies(), change.apply(c.clusterNetworkPolicies()));
  }

  static UnaryOperator<ClusterSnapshot> eachTierPolicy(UnaryOperator<ClusterNetworkPolicy> change) {
    return tiers(policies -> policies.stream().map(change).toList());
  }

  static UnaryOperator<ClusterSnapshot> pods(UnaryOperator<Pod> change) {
    return c ->
        rebuild(
            c,
            c.nodes(),
            c.pods().stream().map(change).toList(),
            c.networkPolicies(),
            c.clusterNetworkPolicies());
  }

  static UnaryOperator<ClusterSnapshot> nodes(UnaryOperator<Node> change) {
    return c ->
        rebuild(
            c,
            c.nodes().stream().map(change).toList(),
            c.pods(),
            c.networkPolicies(),
            c.clusterNetworkPolicies());
  }

  static ClusterSnapshot rebuild(
      ClusterSnapshot c,
      Collection<Node> nodes,
      Collection<Pod> pods,
      Collection<NetworkPolicy> policies,
      Collection<ClusterNetworkPolicy> tiers) {
    return new ClusterSnapshot(
        c.namespaces(),
        pods,
        c.serviceAccounts(),
        nodes,
        c.services(),
        c.endpointSlices(),
        policies,
        tiers,
        c.podIdentityAssociations());
  }

  static ClusterSnapshot slices(ClusterSnapshot c, UnaryOperator<EndpointSlice> change) {
    return new ClusterSnapshot(
        c.namespaces(),
        c.pods(),
        c.serviceAccounts(),
        c.nodes(),
        c.services(),
        c.endpointSlices().stream().map(change).toList(),
        c.networkPolicies(),
        c.clusterNetworkPolicies(),
        c.podIdentityAssociations());
  }

  static NetworkPolicy with(
      NetworkPolicy p, @Nullable LabelSelector selector, @Nullable List<String> types) {
    return new NetworkPolicy(
        p.namespace(),
        p.name(),
        p.uid(),
        p.resourceVersion(),
        selector,
        types,
        p.ingress(),
        p.egress());
  }

  static NetworkPolicy rules(
      NetworkPolicy p,
      Function<List<Rule>, List<Rule>> ingress,
      Function<List<Rule>, List<Rule>> egress) {
    return new NetworkPolicy(
        p.namespace(),
        p.name(),
        p.uid(),
        p.resourceVersion(),
        p.podSelector(),
        p.policyTypes(),
        p.ingress() == null ? null : ingress.apply(p.ingress()),
        p.egress() == null ? null : egress.apply(p.egress()));
  }

  static UnaryOperator<ClusterSnapshot> eachRule(UnaryOperator<Rule> change) {
    Function<List<Rule>, List<Rule>> all = rules -> rules.stream().map(change).toList();
    return eachPolicy(policy -> rules(policy, all, all));
  }

  /** Every peer in every list becomes these. */
  static UnaryOperator<ClusterSnapshot> eachPeer(Function<Peer, List<Peer>> change) {
    return eachRule(rule ->
        new Rule(
            rule.peers() == null
                ? null
                : rule.peers().stream().flatMap(p -> change.apply(p).stream()).toList(),
            rule.ports()));
  }

  /** Every port in every list becomes these. */
  static UnaryOperator<ClusterSnapshot> eachPort(Function<Port, List<Port>> change) {
    return eachRule(rule ->
        new Rule(
            rule.peers(),
            rule.ports() == null
                ? null
                : rule.ports().stream().flatMap(p -> change.apply(p).stream()).toList()));
  }

  static @Nullable LabelSelector selector(
      @Nullable LabelSelector s,
      Function<LabelSelector.Requirement, List<LabelSelector.Requirement>> change) {
    return s == null
        ? null
        : new LabelSelector(
            s.matchLabels(),
            s.matchExpressions().stream().flatMap(r -> change.apply(r).stream()).toList());
  }

  /** Every requirement of every NetworkPolicy becomes these. */
  static UnaryOperator<ClusterSnapshot> eachRequirement(
      Function<LabelSelector.Requirement, List<LabelSelector.Requirement>> change) {
    UnaryOperator<ClusterSnapshot> subjects =
        eachPolicy(p -> with(p, selector(p.podSelector(), change), p.policyTypes()));
    UnaryOperator<ClusterSnapshot> peers =
        eachPeer(p ->
            List.of(
                new Peer(
                    selector(p.podSelector(), change),
                    selector(p.namespaceSelector(), change),
                    p.ipBlock())));
    return cluster -> peers.apply(subjects.apply(cluster));
  }

  static Pod pod(Pod p, boolean hostNetwork, Pod.Phase phase, List<Pod.ContainerPort> ports) {
    return new Pod(
        p.namespace(),
        p.name(),
        p.uid(),
        p.labels(),
        p.annotations(),
        p.serviceAccount(),
        p.node(),
        hostNetwork,
        phase,
        p.ips(),
        ports,
        p.owner(),
        p.terminating());
  }

  static Pod of(Pod p, String serviceAccount) {
    return new Pod(
        p.namespace(),
        p.name(),
        p.uid(),
        p.labels(),
        p.annotations(),
        serviceAccount,
        p.node(),
        p.hostNetwork(),
        p.phase(),
        p.ips(),
        p.ports(),
        p.owner(),
        p.terminating());
  }

  static Pod at(Pod p, List<String> ips) {
    return new Pod(
        p.namespace(),
        p.name(),
        p.uid(),
        p.labels(),
        p.annotations(),
        p.serviceAccount(),
        p.node(),
        p.hostNetwork(),
        p.phase(),
        ips,
        p.ports(),
        p.owner(),
        p.terminating());
  }

  static ClusterNetworkPolicy with(ClusterNetworkPolicy p, String tier, int priority) {
    return new ClusterNetworkPolicy(
        p.name(),
        p.uid(),
        p.resourceVersion(),
        tier,
        priority,
        p.subject(),
        p.ingress(),
        p.egress());
  }

  static ClusterNetworkPolicy rules(
      ClusterNetworkPolicy p, UnaryOperator<List<ClusterNetworkPolicy.Rule>> change) {
    return new ClusterNetworkPolicy(
        p.name(),
        p.uid(),
        p.resourceVersion(),
        p.tier(),
        p.priority(),
        p.subject(),
        change.apply(p.ingress()),
        change.apply(p.egress()));
  }
}
