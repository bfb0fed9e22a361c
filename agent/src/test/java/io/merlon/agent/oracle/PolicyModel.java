package io.merlon.agent.oracle;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A policy of the Cyclonus families: its YAML, and beside it what it allows on the grid, worked out
 * from the parts' own meanings.
 *
 * @param ingress null where the policy does not speak of ingress
 */
record PolicyModel(
    String name,
    Target target,
    @Nullable List<RuleModel> ingress,
    @Nullable List<RuleModel> egress) {

  /** The pods a policy is for, in YAML and by meaning. */
  record Target(String namespace, String selector, Predicate<Spot> selects) {
    static final Target X_A = of("x", "a");

    static Target of(String namespace, String pod) {
      return new Target(namespace, "{matchLabels: {pod: " + pod + "}}", s -> s.pod().equals(pod));
    }

    boolean fits(Spot spot) {
      return spot.namespace().equals(namespace) && selects.test(spot);
    }
  }

  /** A rule; an empty list restricts nothing. */
  record RuleModel(List<PeerKind> peers, List<PortKind> ports) {
    static final RuleModel ALL = new RuleModel(List.of(), List.of());
    static final RuleModel DNS =
        new RuleModel(List.of(), List.of(PortKind.UDP_53, PortKind.TCP_53));

    static RuleModel to(PeerKind peer) {
      return new RuleModel(List.of(peer), List.of());
    }

    boolean fits(Spot peer, Ip.Family family, Protocol protocol, int port) {
      return (peers.isEmpty() || peers.stream().anyMatch(p -> p.meaning().fits(peer, family)))
          && (ports.isEmpty() || ports.stream().anyMatch(p -> p.fits(protocol, port)));
    }

    private String yaml(String direction) {
      return "{%s: [%s], ports: [%s]}"
          .formatted(
              direction,
              peers.stream().map(PeerKind::yaml).collect(Collectors.joining(", ")),
              ports.stream().map(PortKind::yaml).collect(Collectors.joining(", ")));
    }
  }

  /** The policy most cases change one thing of. */
  static final PolicyModel BASE =
      new PolicyModel(
          "base",
          Target.X_A,
          List.of(new RuleModel(List.of(PeerKind.BC_IN_XY), List.of(PortKind.TCP_80))),
          List.of(
              new RuleModel(List.of(PeerKind.AB_IN_YZ), List.of(PortKind.TCP_80)), RuleModel.DNS));

  PolicyModel aimedAt(Target other) {
    return new PolicyModel(name, other, ingress, egress);
  }

  /** The base with other rules in one direction. */
  static PolicyModel withRules(Direction direction, List<RuleModel> rules) {
    return direction == Direction.INGRESS
        ? new PolicyModel(BASE.name, BASE.target, rules, BASE.egress)
        : new PolicyModel(BASE.name, BASE.target, BASE.ingress, rules);
  }

  /** The base with other peers in one direction's first rule. */
  static PolicyModel withPeers(Direction direction, List<PeerKind> peers) {
    return direction == Direction.INGRESS
        ? withRules(direction, List.of(new RuleModel(peers, List.of(PortKind.TCP_80))))
        : withRules(
            direction, List.of(new RuleModel(peers, List.of(PortKind.TCP_80)), RuleModel.DNS));
  }

  /** The base with other ports in one direction's first rule. */
  static PolicyModel withPorts(Direction direction, List<PortKind> ports) {
    return direction == Direction.INGRESS
        ? withRules(direction, List.of(new RuleModel(List.of(PeerKind.BC_IN_XY), ports)))
        : withRules(
            direction, List.of(new RuleModel(List.of(PeerKind.AB_IN_YZ), ports), RuleModel.DNS));
  }

  @Nullable List<RuleModel> rules(Direction direction) {
    return direction == Direction.INGRESS ? ingress : egress;
  }

  String yaml() {
    StringBuilder yaml = new StringBuilder("{podSelector: " + target.selector);
    yaml.append(", policyTypes: [");
    yaml.append(ingress == null ? "" : egress == null ? "Ingress" : "Ingress, Egress");
    yaml.append(ingress == null ? "Egress]" : "]");
    append(yaml, "ingress", ingress, "from");
    append(yaml, "egress", egress, "to");
    return yaml.append("}").toString();
  }

  private static void append(
      StringBuilder yaml, String name, @Nullable List<RuleModel> rules, String peers) {
    if (rules != null) {
      yaml.append(", ").append(name).append(": [");
      yaml.append(rules.stream().map(r -> r.yaml(peers)).collect(Collectors.joining(", ")));
      yaml.append("]");
    }
  }
}
