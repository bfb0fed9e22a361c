package io.merlon.agent.oracle;

import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.NetworkPolicy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every NetworkPolicy one step smaller. */
final class PolicyReductions {
  private PolicyReductions() {}

  static List<NetworkPolicy> of(NetworkPolicy p) {
    List<NetworkPolicy> smaller = new ArrayList<>();
    Reductions.lists(p.ingress(), true, PolicyReductions::rule)
        .forEach(rules -> smaller.add(with(p, p.podSelector(), rules, p.egress())));
    Reductions.lists(p.egress(), true, PolicyReductions::rule)
        .forEach(rules -> smaller.add(with(p, p.podSelector(), p.ingress(), rules)));
    Reductions.selectors(p.podSelector())
        .forEach(s -> smaller.add(with(p, s, p.ingress(), p.egress())));
    return smaller;
  }

  private static NetworkPolicy with(
      NetworkPolicy p,
      @Nullable LabelSelector selector,
      @Nullable List<NetworkPolicy.Rule> ingress,
      @Nullable List<NetworkPolicy.Rule> egress) {
    return new NetworkPolicy(
        p.namespace(),
        p.name(),
        p.uid(),
        p.resourceVersion(),
        selector,
        p.policyTypes(),
        ingress,
        egress);
  }

  private static List<NetworkPolicy.Rule> rule(NetworkPolicy.Rule r) {
    List<NetworkPolicy.Rule> smaller = new ArrayList<>();
    Reductions.lists(r.peers(), true, PolicyReductions::peer)
        .forEach(peers -> smaller.add(new NetworkPolicy.Rule(peers, r.ports())));
    Reductions.lists(r.ports(), true, port -> List.of())
        .forEach(ports -> smaller.add(new NetworkPolicy.Rule(r.peers(), ports)));
    return smaller;
  }

  private static List<NetworkPolicy.Peer> peer(NetworkPolicy.Peer p) {
    List<NetworkPolicy.Peer> smaller = new ArrayList<>();
    Reductions.selectors(p.podSelector())
        .forEach(s -> smaller.add(new NetworkPolicy.Peer(s, p.namespaceSelector(), p.ipBlock())));
    Reductions.selectors(p.namespaceSelector())
        .forEach(s -> smaller.add(new NetworkPolicy.Peer(p.podSelector(), s, p.ipBlock())));
    NetworkPolicy.IpBlock block = p.ipBlock();
    if (block != null) {
      for (List<String> except : Reductions.drop(block.except())) {
        smaller.add(
            new NetworkPolicy.Peer(
                p.podSelector(),
                p.namespaceSelector(),
                new NetworkPolicy.IpBlock(block.cidr(), except)));
      }
    }
    return smaller;
  }
}
