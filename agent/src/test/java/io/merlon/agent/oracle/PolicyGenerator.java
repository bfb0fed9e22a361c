package io.merlon.agent.oracle;

import io.merlon.agent.api.IntOrString;
import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.api.NetworkPolicy.IpBlock;
import io.merlon.agent.api.NetworkPolicy.Peer;
import io.merlon.agent.api.NetworkPolicy.Port;
import io.merlon.agent.api.NetworkPolicy.Rule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** NetworkPolicies with every absence the API knows, and with every mistake of NP-27. */
final class PolicyGenerator {
  static final List<Integer> PORTS = List.of(1, 53, 80, 81, 443, 8080, 8443, 65534, 65535);
  static final List<String> PORT_NAMES = List.of("http", "dns", "metrics");

  private final Dice dice;
  private final SelectorGenerator selectors;
  private final CidrGenerator cidrs;

  PolicyGenerator(Dice dice, SelectorGenerator selectors, CidrGenerator cidrs) {
    this.dice = dice;
    this.selectors = selectors;
    this.cidrs = cidrs;
  }

  NetworkPolicy policy(String namespace, String name) {
    return new NetworkPolicy(
        namespace,
        name,
        namespace + "/" + name,
        Integer.toString(dice.below(1000)),
        dice.chance(15) ? null : selectors.maybeUnreadable(selectors.pods()),
        policyTypes(),
        dice.absentEmptyOr(20, 15, () -> dice.some(1, 3, this::rule)),
        dice.absentEmptyOr(25, 15, () -> dice.some(1, 3, this::rule)));
  }

  private @Nullable List<String> policyTypes() {
    if (dice.chance(3)) {
      return dice.pick(List.of("ingress"), List.of("Egress", "Both"));
    }
    return switch (dice.below(6)) {
      case 0 -> null;
      case 1 -> List.of();
      case 2 -> List.of("Ingress");
      case 3 -> List.of("Egress");
      default -> dice.shuffled(List.of("Ingress", "Egress"));
    };
  }

  private Rule rule() {
    return new Rule(
        dice.absentEmptyOr(12, 8, () -> dice.some(1, 3, this::peer)),
        dice.absentEmptyOr(30, 10, () -> dice.some(1, 3, this::port)));
  }

  private Peer peer() {
    if (dice.chance(4)) {
      return dice.pick(
          new Peer(null, null, null),
          new Peer(LabelSelector.EVERYTHING, null, block()),
          new Peer(null, LabelSelector.EVERYTHING, block()));
    }
    return switch (dice.below(6)) {
      case 0 -> new Peer(podSelector(), null, null);
      case 1 -> new Peer(null, namespaceSelector(), null);
      case 2, 3 -> new Peer(podSelector(), namespaceSelector(), null);
      default -> new Peer(null, null, block());
    };
  }

  private LabelSelector podSelector() {
    return selectors.maybeUnreadable(selectors.pods());
  }

  private LabelSelector namespaceSelector() {
    return selectors.maybeUnreadable(selectors.namespaces());
  }

  private IpBlock block() {
    if (dice.chance(4)) {
      return new IpBlock(cidrs.unreadable(), List.of());
    }
    Cidr block = cidrs.block();
    List<String> except =
        dice.chance(55)
            ? List.of()
            : dice.some(
                1, 3, () -> dice.chance(3) ? cidrs.unreadable() : cidrs.except(block).toString());
    return new IpBlock(block.toString(), except);
  }

  private Port port() {
    String protocol = dice.chance(20) ? null : dice.pick("TCP", "TCP", "UDP", "SCTP");
    if (dice.chance(6)) {
      return broken(protocol);
    }
    int first = dice.pick(PORTS);
    return switch (dice.below(8)) {
      case 0 -> new Port(protocol, null, null);
      case 1, 2 -> new Port(protocol, IntOrString.of(dice.pick(PORT_NAMES)), null);
      case 3 -> new Port(protocol, IntOrString.of(first), first);
      case 4 -> new Port(protocol, IntOrString.of(first), dice.between(first, 65535));
      case 5 -> new Port(protocol, IntOrString.of(dice.pick(1, first)), dice.pick(first, 65535));
      default -> new Port(protocol, IntOrString.of(first), null);
    };
  }

  private Port broken(@Nullable String protocol) {
    return dice.pick(
        new Port(protocol, null, 443),
        new Port(protocol, IntOrString.of("http"), 443),
        new Port(protocol, IntOrString.of(443), 80),
        new Port(protocol, IntOrString.of(443), 65536),
        new Port(protocol, IntOrString.of(0), null),
        new Port(protocol, IntOrString.of(0), 65535),
        new Port(protocol, IntOrString.of(-1), null),
        new Port(protocol, IntOrString.of(65536), null),
        new Port("tcp", IntOrString.of(80), null),
        new Port("ICMP", null, null),
        new Port("", null, null),
        new Port(protocol, IntOrString.of("nobody"), null),
        new Port(protocol, IntOrString.of(""), null));
  }
}
