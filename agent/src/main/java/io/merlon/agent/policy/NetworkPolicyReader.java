package io.merlon.agent.policy;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.policy.PolicyRef.Kind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Translates NetworkPolicies. */
public final class NetworkPolicyReader {
  private final NetworkPolicy written;
  private final PolicyRef ref;
  private final ProblemList problems;

  private NetworkPolicyReader(NetworkPolicy written) {
    this.written = written;
    this.ref = new PolicyRef(Kind.NETWORK_POLICY, written.namespace(), written.name());
    this.problems =
        new ProblemList(
            new ClusterEvent.Key(
                ClusterEvent.Kind.NETWORK_POLICY, written.namespace(), written.name()));
  }

  public static Translation read(NetworkPolicy written) {
    NetworkPolicyReader reader = new NetworkPolicyReader(written);
    return new Translation(reader.policy(), reader.problems.toList());
  }

  private Policy policy() {
    Selector selector = subject();
    Set<Direction> isolates = isolates();
    // A subject nobody can tell: close every pod it could be, open nothing.
    boolean known = selector != null;
    return new Policy(
        ref,
        Tier.NETWORK_POLICY,
        0,
        new PodSelection(
            new PodSelection.Named(written.namespace()),
            selector == null ? Selector.EVERYTHING : selector),
        isolates,
        known && isolates.contains(Direction.INGRESS)
            ? rules(Direction.INGRESS, written.ingress(), "spec.ingress", "from")
            : List.of(),
        known && isolates.contains(Direction.EGRESS)
            ? rules(Direction.EGRESS, written.egress(), "spec.egress", "to")
            : List.of());
  }

  private @Nullable Selector subject() {
    LabelSelector selector = written.podSelector();
    return selector == null
        ? Selector.EVERYTHING
        : SelectorReader.read(selector, "spec.podSelector", problems);
  }

  /** Semantics NP-4 and NP-5. A type that is not known closes both directions. */
  private Set<Direction> isolates() {
    Set<Direction> isolates = EnumSet.noneOf(Direction.class);
    List<String> types = written.policyTypes();
    if (types == null || types.isEmpty()) {
      isolates.add(Direction.INGRESS);
      if (written.egress() != null && !written.egress().isEmpty()) {
        isolates.add(Direction.EGRESS);
      }
      return isolates;
    }
    for (int i = 0; i < types.size(); i++) {
      switch (types.get(i)) {
        case "Ingress" -> isolates.add(Direction.INGRESS);
        case "Egress" -> isolates.add(Direction.EGRESS);
        default -> {
          problems.add(
              "spec.policyTypes[" + i + "]", "unknown policy type \"" + types.get(i) + "\"");
          isolates.addAll(EnumSet.allOf(Direction.class));
        }
      }
    }
    return isolates;
  }

  private List<PolicyRule> rules(
      Direction direction, @Nullable List<NetworkPolicy.Rule> rules, String field, String peers) {
    List<PolicyRule> translated = new ArrayList<>();
    for (int i = 0; rules != null && i < rules.size(); i++) {
      String place = field + "[" + i + "]";
      translated.add(
          new PolicyRule(
              new RuleRef(ref, direction, i, null),
              Action.ACCEPT,
              peers(rules.get(i).peers(), place + "." + peers),
              ports(rules.get(i).ports(), place + ".ports")));
    }
    return translated;
  }

  private List<PortMatch> ports(@Nullable List<NetworkPolicy.Port> ports, String field) {
    if (ports == null || ports.isEmpty()) {
      return List.of(new PortMatch.Everything());
    }
    List<PortMatch> translated = new ArrayList<>();
    for (int i = 0; i < ports.size(); i++) {
      PortMatch port = PortReader.read(ports.get(i), field + "[" + i + "]", problems);
      if (port != null) {
        translated.add(port);
      }
    }
    return translated;
  }

  private List<PeerSelector> peers(@Nullable List<NetworkPolicy.Peer> peers, String field) {
    if (peers == null || peers.isEmpty()) {
      return List.of(new PeerSelector.Anyone());
    }
    List<PeerSelector> translated = new ArrayList<>();
    for (int i = 0; i < peers.size(); i++) {
      PeerSelector peer = peer(peers.get(i), field + "[" + i + "]");
      if (peer != null) {
        translated.add(peer);
      }
    }
    return translated;
  }

  private @Nullable PeerSelector peer(NetworkPolicy.Peer peer, String field) {
    NetworkPolicy.IpBlock block = peer.ipBlock();
    LabelSelector pods = peer.podSelector();
    LabelSelector namespaces = peer.namespaceSelector();
    if (block != null) {
      if (pods != null || namespaces != null) {
        problems.add(field, "ipBlock beside a selector");
        return null;
      }
      return BlockReader.read(block, field + ".ipBlock", problems);
    }
    if (pods == null && namespaces == null) {
      problems.add(field, "empty peer");
      return null;
    }
    Selector podSelector =
        pods == null
            ? Selector.EVERYTHING
            : SelectorReader.read(pods, field + ".podSelector", problems);
    if (namespaces == null) {
      return podSelector == null
          ? null
          : new PeerSelector.Pods(
              new PodSelection(new PodSelection.Named(written.namespace()), podSelector));
    }
    Selector selector = SelectorReader.read(namespaces, field + ".namespaceSelector", problems);
    return podSelector == null || selector == null
        ? null
        : new PeerSelector.Pods(new PodSelection(new PodSelection.Labelled(selector), podSelector));
  }
}
