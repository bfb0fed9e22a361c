package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterNetworkPolicy;
import io.merlon.agent.api.ClusterNetworkPolicy.NamespacedPod;
import io.merlon.agent.api.ClusterNetworkPolicy.Peer;
import io.merlon.agent.api.ClusterNetworkPolicy.PortMatch;
import io.merlon.agent.api.ClusterNetworkPolicy.ProtocolMatch;
import io.merlon.agent.api.ClusterNetworkPolicy.Rule;
import io.merlon.agent.api.ClusterNetworkPolicy.Subject;
import java.util.ArrayList;
import java.util.List;

/** ClusterNetworkPolicies whose priorities crowd together, with every action and kind of peer. */
final class TierGenerator {
  private final Dice dice;
  private final SelectorGenerator selectors;
  private final CidrGenerator cidrs;

  TierGenerator(Dice dice, SelectorGenerator selectors, CidrGenerator cidrs) {
    this.dice = dice;
    this.selectors = selectors;
    this.cidrs = cidrs;
  }

  ClusterNetworkPolicy policy(String name) {
    return new ClusterNetworkPolicy(
        name,
        name,
        Integer.toString(dice.below(1000)),
        dice.chance(2) ? "Emergency" : dice.pick("Admin", "Admin", "Baseline"),
        dice.chance(2) ? dice.pick(-1, 1001) : dice.pick(0, 10, 10, 11, 12, 1000),
        subject(),
        dice.some(0, 3, () -> rule(Direction.INGRESS)),
        dice.some(0, 3, () -> rule(Direction.EGRESS)));
  }

  private Subject subject() {
    if (dice.chance(3)) {
      return dice.pick(
          new Subject(null, null),
          new Subject(selectors.namespaces(), pods()),
          new Subject(selectors.namespaces(), null, List.of("accounts")));
    }
    return dice.chance(50)
        ? new Subject(selectors.maybeUnreadable(selectors.namespaces()), null)
        : new Subject(null, pods());
  }

  private NamespacedPod pods() {
    return new NamespacedPod(
        selectors.maybeUnreadable(selectors.namespaces()),
        selectors.maybeUnreadable(selectors.pods()));
  }

  private Rule rule(Direction direction) {
    List<Peer> peers = dice.some(1, 2, () -> peer(direction));
    // The API forbids a named port beside peers that are no pods, which makes the rule unreadable.
    boolean named =
        dice.chance(5)
            || peers.stream().allMatch(peer -> peer.nodes() == null && peer.networks() == null);
    return new Rule(
        dice.chance(50) ? null : "r" + dice.below(10),
        dice.chance(2) ? "Log" : dice.pick("Accept", "Deny", "Pass"),
        peers,
        dice.absentEmptyOr(40, 5, () -> dice.some(1, 2, () -> protocol(named))));
  }

  private Peer peer(Direction direction) {
    if (dice.chance(4)) {
      return dice.pick(
          new Peer(null, null, null, null, null, List.of()),
          new Peer(null, null, null, null, null, List.of("externals")),
          new Peer(selectors.namespaces(), null, null, null, null, List.of("externals")),
          new Peer(selectors.namespaces(), pods(), null, null, null, List.of()),
          new Peer(null, null, null, null, List.of("merlon.example"), List.of()),
          new Peer(null, null, null, List.of(cidrs.unreadable()), null, List.of()),
          new Peer(null, null, null, List.of(), null, List.of()),
          new Peer(null, null, selectors.nodes(), null, null, List.of()),
          new Peer(null, null, null, networks(), null, List.of()));
    }
    return switch (dice.below(direction == Direction.EGRESS ? 6 : 3)) {
      case 0 ->
          new Peer(
              selectors.maybeUnreadable(selectors.namespaces()), null, null, null, null, List.of());
      case 1, 2 -> new Peer(null, pods(), null, null, null, List.of());
      case 3 ->
          new Peer(null, null, selectors.maybeUnreadable(selectors.nodes()), null, null, List.of());
      default -> new Peer(null, null, null, networks(), null, List.of());
    };
  }

  private List<String> networks() {
    return new ArrayList<>(dice.some(1, 2, () -> cidrs.block().toString()));
  }

  private ProtocolMatch protocol(boolean named) {
    if (named && dice.chance(25)) {
      return new ProtocolMatch(null, null, null, dice.pick(PolicyGenerator.PORT_NAMES), List.of());
    }
    if (dice.chance(4)) {
      return dice.pick(
          new ProtocolMatch(null, null, null, null, List.of("icmp")),
          new ProtocolMatch(null, null, null, null, List.of()),
          new ProtocolMatch(new PortMatch(0, null, null), null, null, null, List.of()),
          new ProtocolMatch(new PortMatch(65536, null, null), null, null, null, List.of()),
          new ProtocolMatch(new PortMatch(null, 443, 80), null, null, null, List.of()),
          new ProtocolMatch(new PortMatch(80, 80, 81), null, null, null, List.of()));
    }
    PortMatch match = match();
    return switch (dice.below(4)) {
      case 0 -> new ProtocolMatch(null, match, null, null, List.of());
      case 1 -> new ProtocolMatch(null, null, match, null, List.of());
      default -> new ProtocolMatch(match, null, null, null, List.of());
    };
  }

  private PortMatch match() {
    int first = dice.pick(PolicyGenerator.PORTS);
    return switch (dice.below(4)) {
      case 0 -> new PortMatch(null, null, null);
      case 1 ->
          first == 65535
              ? new PortMatch(null, 1, first)
              : new PortMatch(null, first, dice.between(first + 1, 65535));
      default -> new PortMatch(first, null, null);
    };
  }
}
