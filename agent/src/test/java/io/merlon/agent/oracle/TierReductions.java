package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterNetworkPolicy;
import io.merlon.agent.api.ClusterNetworkPolicy.NamespacedPod;
import io.merlon.agent.api.ClusterNetworkPolicy.Peer;
import io.merlon.agent.api.ClusterNetworkPolicy.Rule;
import io.merlon.agent.api.ClusterNetworkPolicy.Subject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every ClusterNetworkPolicy one step smaller. */
final class TierReductions {
  private TierReductions() {}

  static List<ClusterNetworkPolicy> of(ClusterNetworkPolicy p) {
    List<ClusterNetworkPolicy> smaller = new ArrayList<>();
    lists(p.ingress()).forEach(rules -> smaller.add(with(p, p.subject(), rules, p.egress())));
    lists(p.egress()).forEach(rules -> smaller.add(with(p, p.subject(), p.ingress(), rules)));
    Subject subject = p.subject();
    Reductions.selectors(subject.namespaces())
        .forEach(s ->
            smaller.add(
                with(
                    p,
                    new Subject(s, subject.pods(), subject.unknown()),
                    p.ingress(),
                    p.egress())));
    pods(subject.pods())
        .forEach(s ->
            smaller.add(
                with(
                    p,
                    new Subject(subject.namespaces(), s, subject.unknown()),
                    p.ingress(),
                    p.egress())));
    return smaller;
  }

  private static List<List<Rule>> lists(List<Rule> rules) {
    List<List<Rule>> lists = new ArrayList<>(Reductions.drop(rules));
    lists.addAll(Reductions.each(rules, TierReductions::rule));
    return lists;
  }

  private static ClusterNetworkPolicy with(
      ClusterNetworkPolicy p, Subject subject, List<Rule> ingress, List<Rule> egress) {
    return new ClusterNetworkPolicy(
        p.name(), p.uid(), p.resourceVersion(), p.tier(), p.priority(), subject, ingress, egress);
  }

  /** A rule keeps one peer: without any it would mean something else. */
  private static List<Rule> rule(Rule r) {
    List<Rule> smaller = new ArrayList<>();
    if (r.peers().size() > 1) {
      Reductions.drop(r.peers())
          .forEach(peers -> smaller.add(new Rule(r.name(), r.action(), peers, r.protocols())));
    }
    Reductions.each(r.peers(), TierReductions::peer)
        .forEach(peers -> smaller.add(new Rule(r.name(), r.action(), peers, r.protocols())));
    Reductions.lists(r.protocols(), true, protocol -> List.of())
        .forEach(list -> smaller.add(new Rule(r.name(), r.action(), r.peers(), list)));
    return smaller;
  }

  private static List<Peer> peer(Peer p) {
    List<Peer> smaller = new ArrayList<>();
    Reductions.selectors(p.namespaces())
        .forEach(s ->
            smaller.add(
                new Peer(s, p.pods(), p.nodes(), p.networks(), p.domainNames(), p.unknown())));
    pods(p.pods())
        .forEach(s ->
            smaller.add(
                new Peer(
                    p.namespaces(), s, p.nodes(), p.networks(), p.domainNames(), p.unknown())));
    List<String> networks = p.networks();
    if (networks != null && networks.size() > 1) {
      Reductions.drop(networks)
          .forEach(n ->
              smaller.add(
                  new Peer(p.namespaces(), p.pods(), p.nodes(), n, p.domainNames(), p.unknown())));
    }
    return smaller;
  }

  private static List<NamespacedPod> pods(@Nullable NamespacedPod pods) {
    List<NamespacedPod> smaller = new ArrayList<>();
    if (pods != null) {
      Reductions.selectors(pods.namespaceSelector())
          .forEach(s -> smaller.add(new NamespacedPod(s, pods.podSelector())));
      Reductions.selectors(pods.podSelector())
          .forEach(s -> smaller.add(new NamespacedPod(pods.namespaceSelector(), s)));
    }
    return smaller;
  }
}
