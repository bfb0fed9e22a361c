package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterNetworkPolicy;
import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.IntOrString;
import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.api.NetworkPolicy.IpBlock;
import io.merlon.agent.api.NetworkPolicy.Peer;
import io.merlon.agent.api.NetworkPolicy.Port;
import io.merlon.agent.api.NetworkPolicy.Rule;
import io.merlon.agent.api.Pod;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Everything that can be written in two ways. */
final class Rewritings {
  private Rewritings() {}

  static List<Rewriting> all() {
    return List.of(
        new Rewriting("everything in another order", Rewritings::shuffle),
        new Rewriting("a rule for each peer and port", (c, dice) -> splitRules(c)),
        new Rewriting("rules of like ports as one", (c, dice) -> mergeRules(splitRules(c))),
        new Rewriting("a policy for each rule", (c, dice) -> splitPolicies(c)),
        new Rewriting("policies of like subjects as one", (c, dice) -> mergePolicies(c)),
        new Rewriting("p as p..p", (c, dice) -> portAsRange(c)),
        new Rewriting("a range as two halves", (c, dice) -> halveRanges(c)),
        new Rewriting("a block as two halves", (c, dice) -> halveBlocks(c)),
        new Rewriting("an unrelated namespace's policies", (c, dice) -> unrelated(c)),
        new Rewriting("labels nobody asks for", (c, dice) -> moreLabels(c)),
        new Rewriting("priorities further apart", (c, dice) -> spread(c)));
  }

  private static ClusterSnapshot shuffle(ClusterSnapshot c, Dice dice) {
    return new ClusterSnapshot(
        dice.shuffled(List.copyOf(c.namespaces())),
        dice.shuffled(List.copyOf(c.pods())),
        dice.shuffled(List.copyOf(c.serviceAccounts())),
        dice.shuffled(List.copyOf(c.nodes())),
        dice.shuffled(List.copyOf(c.services())),
        dice.shuffled(List.copyOf(c.endpointSlices())),
        dice.shuffled(c.networkPolicies().stream().map(p -> shuffle(p, dice)).toList()),
        dice.shuffled(List.copyOf(c.clusterNetworkPolicies())),
        dice.shuffled(List.copyOf(c.podIdentityAssociations())));
  }

  private static NetworkPolicy shuffle(NetworkPolicy p, Dice dice) {
    NetworkPolicy shuffled =
        WorldChanges.rules(
            p,
            rules -> dice.shuffled(rules.stream().map(r -> shuffle(r, dice)).toList()),
            rules -> dice.shuffled(rules.stream().map(r -> shuffle(r, dice)).toList()));
    List<String> types = p.policyTypes();
    return types == null
        ? shuffled
        : WorldChanges.with(shuffled, p.podSelector(), dice.shuffled(types));
  }

  private static Rule shuffle(Rule r, Dice dice) {
    return new Rule(
        r.peers() == null ? null : dice.shuffled(r.peers()),
        r.ports() == null ? null : dice.shuffled(r.ports()));
  }

  private static ClusterSnapshot splitRules(ClusterSnapshot c) {
    return WorldChanges.eachPolicy(p -> WorldChanges.rules(p, Rewritings::split, Rewritings::split))
        .apply(c);
  }

  private static List<Rule> split(List<Rule> rules) {
    List<Rule> split = new ArrayList<>();
    for (Rule rule : rules) {
      for (@Nullable List<Peer> peers : singles(rule.peers())) {
        for (@Nullable List<Port> ports : singles(rule.ports())) {
          split.add(new Rule(peers, ports));
        }
      }
    }
    return split;
  }

  private static <T> List<@Nullable List<T>> singles(@Nullable List<T> list) {
    List<@Nullable List<T>> singles = new ArrayList<>();
    if (list == null || list.isEmpty()) {
      singles.add(list);
    } else {
      list.forEach(element -> singles.add(List.of(element)));
    }
    return singles;
  }

  private static ClusterSnapshot mergeRules(ClusterSnapshot c) {
    return WorldChanges.eachPolicy(p -> WorldChanges.rules(p, Rewritings::merge, Rewritings::merge))
        .apply(c);
  }

  /** Only rules that restrict their peers: a list of peers added to no list would restrict it. */
  private static List<Rule> merge(List<Rule> rules) {
    Map<String, Rule> merged = new LinkedHashMap<>();
    for (Rule rule : rules) {
      List<Peer> peers = rule.peers();
      boolean restricts = peers != null && !peers.isEmpty();
      merged.merge(
          restricts + " " + rule.ports(),
          rule,
          (a, b) -> restricts ? new Rule(concat(a.peers(), b.peers()), a.ports()) : a);
    }
    return List.copyOf(merged.values());
  }

  private static <T> List<T> concat(@Nullable List<T> a, @Nullable List<T> b) {
    return Stream.of(Arrays.asList(a, b))
        .flatMap(List::stream)
        .flatMap(list -> list == null ? Stream.<T>empty() : list.stream())
        .toList();
  }

  /** What the policy isolates, said outright, so that no part can say less. */
  private static List<String> types(NetworkPolicy p) {
    if (p.policyTypes() != null && !p.policyTypes().isEmpty()) {
      return p.policyTypes();
    }
    return p.egress() == null || p.egress().isEmpty()
        ? List.of("Ingress")
        : List.of("Ingress", "Egress");
  }

  private static ClusterSnapshot splitPolicies(ClusterSnapshot c) {
    List<NetworkPolicy> split = new ArrayList<>();
    for (NetworkPolicy p : c.networkPolicies()) {
      split.add(with(p, p.name() + "-none", List.of(), List.of()));
      int part = 0;
      for (Rule rule : p.ingress() == null ? List.<Rule>of() : p.ingress()) {
        split.add(with(p, p.name() + "-" + part++, List.of(rule), null));
      }
      for (Rule rule : p.egress() == null ? List.<Rule>of() : p.egress()) {
        split.add(with(p, p.name() + "-" + part++, null, List.of(rule)));
      }
    }
    return WorldChanges.policies(all -> split).apply(c);
  }

  private static NetworkPolicy with(
      NetworkPolicy p, String name, @Nullable List<Rule> ingress, @Nullable List<Rule> egress) {
    return new NetworkPolicy(
        p.namespace(),
        name,
        p.namespace() + "/" + name,
        p.resourceVersion(),
        p.podSelector(),
        types(p),
        ingress,
        egress);
  }

  private static ClusterSnapshot mergePolicies(ClusterSnapshot c) {
    Map<String, NetworkPolicy> merged = new LinkedHashMap<>();
    for (NetworkPolicy p : splitPolicies(c).networkPolicies()) {
      List<String> types = new ArrayList<>(types(p));
      types.sort(null);
      merged.merge(
          p.namespace() + " " + p.podSelector() + " " + types,
          p,
          (a, b) ->
              with(a, a.name(), concat(a.ingress(), b.ingress()), concat(a.egress(), b.egress())));
    }
    return WorldChanges.policies(all -> List.copyOf(merged.values())).apply(c);
  }

  private static ClusterSnapshot portAsRange(ClusterSnapshot c) {
    return WorldChanges.eachPort(p ->
            p.port() instanceof IntOrString.Int(int number) && p.endPort() == null
                ? List.of(new Port(p.protocol(), p.port(), number))
                : List.of(p))
        .apply(c);
  }

  private static ClusterSnapshot halveRanges(ClusterSnapshot c) {
    return WorldChanges.eachPort(Rewritings::halves).apply(c);
  }

  /** A range that is no range stays as it is, or one half of it might become one. */
  private static List<Port> halves(Port p) {
    if (p.port() instanceof IntOrString.Int(int first)
        && p.endPort() != null
        && 1 <= first
        && first < p.endPort()
        && p.endPort() <= 65535) {
      int middle = (first + p.endPort()) / 2;
      return List.of(
          new Port(p.protocol(), p.port(), middle),
          new Port(p.protocol(), IntOrString.of(middle + 1), p.endPort()));
    }
    return List.of(p);
  }

  private static ClusterSnapshot halveBlocks(ClusterSnapshot c) {
    return WorldChanges.eachPeer(Rewritings::halves).apply(c);
  }

  private static List<Peer> halves(Peer p) {
    IpBlock block = p.ipBlock();
    Cidr cidr = block == null ? null : Cidr.parse(block.cidr());
    if (block == null || cidr == null || cidr.bits() == cidr.base().family().bits) {
      return List.of(p);
    }
    Cidr half = new Cidr(cidr.base(), cidr.bits() + 1);
    Cidr other = new Cidr(cidr.base().flip(cidr.bits()), cidr.bits() + 1);
    return List.of(with(p, half, block), with(p, other, block));
  }

  private static Peer with(Peer p, Cidr cidr, IpBlock block) {
    return new Peer(
        p.podSelector(), p.namespaceSelector(), new IpBlock(cidr.toString(), block.except()));
  }

  private static ClusterSnapshot unrelated(ClusterSnapshot c) {
    ClusterState state = ClusterState.of(c);
    NetworkPolicy deny =
        new NetworkPolicy(
            "unrelated", "deny", "u", "1", null, List.of("Ingress", "Egress"), null, null);
    Rule all = new Rule(List.of(new Peer(null, LabelSelector.EVERYTHING, null)), null);
    NetworkPolicy allow =
        new NetworkPolicy(
            "unrelated",
            "allow",
            "v",
            "1",
            LabelSelector.EVERYTHING,
            null,
            List.of(all),
            List.of(new Rule(List.of(block("10.1.0.0/17"), block("fd00::/9")), null)));
    ClusterState.puts(
            new ClusterSnapshot(
                List.of(new Namespace("unrelated", Map.of("team", "x"), Map.of())),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(deny, allow),
                List.of(),
                List.of()))
        .forEach(state::apply);
    return state.snapshot();
  }

  private static Peer block(String cidr) {
    return new Peer(null, null, new IpBlock(cidr, List.of()));
  }

  private static ClusterSnapshot moreLabels(ClusterSnapshot c) {
    return WorldChanges.pods(Rewritings::moreLabels).apply(c);
  }

  private static Pod moreLabels(Pod p) {
    Map<String, String> labels = new TreeMap<>(p.labels());
    labels.put("pod-template-hash", Integer.toHexString(p.name().hashCode()));
    labels.put("statefulset.kubernetes.io/pod-name", p.name());
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
        p.ips(),
        p.ports(),
        p.owner(),
        p.terminating());
  }

  private static ClusterSnapshot spread(ClusterSnapshot c) {
    Collection<ClusterNetworkPolicy> spread =
        c.clusterNetworkPolicies().stream()
            .map(
                p -> WorldChanges.with(p, p.tier(), p.priority() == 1000 ? 1000 : p.priority() * 7))
            .toList();
    return WorldChanges.tiers(all -> spread).apply(c);
  }
}
