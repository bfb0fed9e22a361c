package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterNetworkPolicy;
import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.api.Node;
import io.merlon.agent.api.Pod;
import io.merlon.agent.api.PodIdentityAssociation;
import io.merlon.agent.api.ServiceAccount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Small worlds in which much collides: few labels, neighbouring addresses, the same port name with
 * several numbers. What the specification leaves open is not drawn; the design page lists it.
 */
final class WorldGenerator {
  static final List<String> NAMESPACES = List.of("a", "a-b", "b", "c");
  private static final List<String> OUTSIDE =
      List.of("192.0.2.7", "10.2.0.1", "198.51.100.1", "2001:db8::7", "fd00:2::1");

  private final long seed;
  final Dice dice;
  final SelectorGenerator selectors;
  final PodGenerator pods;
  final PolicyGenerator policies;
  final TierGenerator tiers;
  final ServiceGenerator services;

  /** Every address policies may speak of; grows as pods are made. */
  final List<Ip> addresses = new ArrayList<>();

  WorldGenerator(long seed) {
    this.seed = seed;
    dice = new Dice(seed);
    selectors = new SelectorGenerator(dice);
    OUTSIDE.forEach(text -> addresses.add(Ip.of(text)));
    CidrGenerator cidrs = new CidrGenerator(dice, addresses);
    pods = new PodGenerator(dice, selectors, addresses);
    policies = new PolicyGenerator(dice, selectors, cidrs);
    tiers = new TierGenerator(dice, selectors, cidrs);
    services = new ServiceGenerator(dice);
  }

  World world() {
    List<Namespace> namespaces = new ArrayList<>();
    for (String name : dice.sample(NAMESPACES, dice.between(1, 4))) {
      namespaces.add(namespace(name));
    }
    List<Node> nodes = new ArrayList<>();
    for (int i = dice.between(1, 3); i > 0; i--) {
      nodes.add(node("n" + i));
    }
    List<Pod> made = new ArrayList<>();
    for (int i = dice.chance(85) ? dice.between(2, 6) : dice.between(7, 12); i > 0; i--) {
      made.add(pods.pod(dice.pick(namespaces).name(), made, nodes));
    }
    ServiceGenerator.Services drawn = services.services(namespaces, made);
    return new World(
        seed,
        new ClusterSnapshot(
            namespaces,
            made,
            accounts(namespaces),
            // A node can be gone before its pods are.
            dice.chance(3) ? withoutOne(nodes, made) : nodes,
            drawn.services(),
            drawn.slices(),
            networkPolicies(namespaces),
            clusterNetworkPolicies(),
            associations(namespaces)));
  }

  Namespace namespace(String name) {
    return new Namespace(name, selectors.namespaceLabels(name), Map.of());
  }

  Node node(String name) {
    int number = Integer.parseInt(name.substring(1));
    List<String> ips = new ArrayList<>(List.of("10.0.0." + number));
    if (dice.chance(80)) {
      ips.add("fd00:0:0:1::" + number);
    }
    ips.forEach(text -> addresses.add(Ip.of(text)));
    return new Node(name, selectors.nodeLabels(), ips);
  }

  /** Its host-network pods would be left with an address that is nobody's. */
  private List<Node> withoutOne(List<Node> nodes, List<Pod> made) {
    Node gone = dice.pick(nodes);
    boolean needed =
        made.stream().anyMatch(pod -> pod.hostNetwork() && gone.name().equals(pod.node()));
    return needed ? nodes : nodes.stream().filter(node -> !node.equals(gone)).toList();
  }

  private List<ServiceAccount> accounts(List<Namespace> namespaces) {
    List<ServiceAccount> accounts = new ArrayList<>();
    for (Namespace namespace : namespaces) {
      accounts.add(account(namespace.name(), "default", 10));
      if (dice.chance(70)) {
        accounts.add(account(namespace.name(), "payments", 70));
      }
    }
    return accounts;
  }

  ServiceAccount account(String namespace, String name, int percentWithRole) {
    return new ServiceAccount(
        namespace,
        name,
        dice.chance(percentWithRole) ? Map.of("eks.amazonaws.com/role-arn", arn()) : Map.of());
  }

  /** Mostly a role's; a path is no part of a role's name, and what is no role gives nobody one. */
  private String arn() {
    String account = dice.pick(SelectorGenerator.ACCOUNTS);
    String role = dice.pick(SelectorGenerator.ROLES);
    return switch (dice.below(12)) {
      case 0 -> "arn:aws-cn:iam::" + account + ":role/" + role;
      case 1, 2 -> "arn:aws:iam::" + account + ":role/a/b/" + role;
      case 3 ->
          dice.pick(
              "",
              role,
              "arn:aws:iam::" + account + ":user/" + role,
              "arn:aws:iam::" + account + ":role/",
              "arn:aws:iam::1111:role/" + role,
              "arn:aws:sts::" + account + ":role/" + role);
      default -> "arn:aws:iam::" + account + ":role/" + role;
    };
  }

  private List<PodIdentityAssociation> associations(List<Namespace> namespaces) {
    return dice.chance(70)
        ? List.of()
        : List.of(association(dice.pick(namespaces).name(), dice.pick("default", "payments")));
  }

  PodIdentityAssociation association(String namespace, String account) {
    return new PodIdentityAssociation(namespace, account, arn());
  }

  private List<NetworkPolicy> networkPolicies(List<Namespace> namespaces) {
    List<NetworkPolicy> made = new ArrayList<>();
    for (int i = dice.between(0, 5); i > 0; i--) {
      made.add(policies.policy(dice.pick(namespaces).name(), "p" + i));
    }
    return made;
  }

  private List<ClusterNetworkPolicy> clusterNetworkPolicies() {
    List<ClusterNetworkPolicy> made = new ArrayList<>();
    for (int i = dice.chance(50) ? 0 : dice.between(1, 4); i > 0; i--) {
      made.add(tiers.policy("c" + i));
    }
    return made;
  }
}
