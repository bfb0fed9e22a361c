package io.merlon.it;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * Folders for the lab, drawn from a seed: three nodes, three to six pods of one or both families,
 * now and then one of the host network, and policies of every kind that tell them apart.
 */
final class LabWorlds {
  private static final List<String> NAMESPACES = List.of("red", "red-dish", "blue");
  private static final List<String> COLOURS = List.of("warm", "cold");
  private static final List<String> APPS = List.of("api", "db", "web");
  private static final List<String> PORT_NAMES = List.of("http", "data");
  private static final List<Integer> PORTS = List.of(80, 443, 8080, 65535);
  private static final int NODES = 3;

  private final SplittableRandom random;
  private final StringBuilder text = new StringBuilder();
  private final List<String> addresses = new ArrayList<>();
  private int pods;
  private int policies;

  private LabWorlds(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** One file that describes a whole cluster. */
  static String write(long seed) {
    LabWorlds world = new LabWorlds(seed);
    world.cluster(seed);
    for (int i = world.between(1, 5); i > 0; i--) {
      world.networkPolicy();
    }
    for (int i = world.chance(40) ? world.between(1, 2) : 0; i > 0; i--) {
      world.clusterNetworkPolicy();
    }
    return world.text.toString();
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private int between(int first, int last) {
    return random.nextInt(first, last + 1);
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private void add(String document) {
    text.append("---\n").append(document);
  }

  private void cluster(long seed) {
    for (String namespace : NAMESPACES) {
      add(
          "{apiVersion: v1, kind: Namespace, metadata: {name: %s, labels: {colour: %s, world: \"%d\"}}}\n"
              .formatted(namespace, pick(COLOURS), seed));
    }
    for (int node = 1; node <= NODES; node++) {
      add(
          """
          apiVersion: v1
          kind: Node
          metadata: {name: n%d, labels: {zone: z%d}}
          status: {addresses: [{type: InternalIP, address: 10.0.0.%d}, {type: InternalIP, address: "fd00::%d"}]}
          """
              .formatted(node, node % 2, node, node));
      addresses.add("10.0.0." + node);
      addresses.add("fd00::" + node);
    }
    for (int i = between(NODES, 6); i > 0; i--) {
      pod();
    }
  }

  /** The first pods are on a node each, so that no node comes and goes. */
  private void pod() {
    pods++;
    int node = pods <= NODES ? pods : between(1, NODES);
    boolean hostNetwork = pods > NODES && chance(20);
    String status = "";
    if (!hostNetwork) {
      List<String> own = new ArrayList<>();
      int family = random.nextInt(8);
      if (family != 0) {
        own.add("10.1.%d.%d".formatted(node, pods));
      }
      if (family != 1) {
        own.add("fd00:1:%d::%x".formatted(node, pods));
      }
      addresses.addAll(own);
      status =
          own.stream()
              .map("{ip: \"%s\"}"::formatted)
              .collect(Collectors.joining(", ", "status: {podIPs: [", "]}\n"));
    }
    add(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: p%d, namespace: %s, labels: {app: %s}}
        spec: {nodeName: n%d, hostNetwork: %b, containers: [{name: c, image: c, ports: [%s]}]}
        %s\
        """
            .formatted(pods, pick(NAMESPACES), pick(APPS), node, hostNetwork, ports(), status));
  }

  private String ports() {
    List<String> ports = new ArrayList<>();
    for (String name : PORT_NAMES) {
      if (chance(60)) {
        ports.add("{name: %s, containerPort: %d}".formatted(name, pick(PORTS)));
      }
    }
    if (chance(40)) {
      ports.add("{name: dns, containerPort: 53, protocol: UDP}");
    }
    return String.join(", ", ports);
  }

  private void networkPolicy() {
    policies++;
    StringBuilder rules = new StringBuilder();
    List<String> types = new ArrayList<>();
    if (chance(70)) {
      types.add("Ingress");
      rules.append(rules("ingress", "from"));
    }
    if (types.isEmpty() || chance(40)) {
      types.add("Egress");
      rules.append(rules("egress", "to"));
    }
    add(
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: np%d, namespace: %s}
        spec:
          podSelector: %s
          policyTypes: %s
        %s\
        """
            .formatted(policies, pick(NAMESPACES), selector("app", APPS), types, rules));
  }

  private String rules(String direction, String side) {
    StringBuilder rules = new StringBuilder();
    for (int i = between(0, 3); i > 0; i--) {
      List<String> fields = new ArrayList<>();
      if (chance(85)) {
        fields.add(side + ": [" + peers() + "]");
      }
      if (chance(60)) {
        fields.add("ports: [" + policyPorts() + "]");
      }
      rules.append("  - {").append(String.join(", ", fields)).append("}\n");
    }
    return rules.isEmpty() ? "" : "  " + direction + ":\n" + rules;
  }

  private String peers() {
    List<String> peers = new ArrayList<>();
    for (int i = between(1, 2); i > 0; i--) {
      peers.add(
          switch (random.nextInt(4)) {
            case 0 -> "{podSelector: %s}".formatted(selector("app", APPS));
            case 1 -> "{namespaceSelector: %s}".formatted(selector("colour", COLOURS));
            case 2 ->
                "{namespaceSelector: %s, podSelector: %s}"
                    .formatted(selector("colour", COLOURS), selector("app", APPS));
            default -> "{ipBlock: " + block() + "}";
          });
    }
    return String.join(", ", peers);
  }

  private String block() {
    String address = pick(addresses);
    boolean six = address.contains(":");
    int whole = six ? 128 : 32;
    int bits = pick(six ? List.of(0, 32, 48, 64, 128) : List.of(0, 8, 16, 24, 31, 32));
    String cidr = "\"" + address + "/" + bits + "\"";
    return bits < whole && chance(40)
        ? "{cidr: %s, except: [\"%s/%d\"]}".formatted(cidr, address, whole)
        : "{cidr: %s}".formatted(cidr);
  }

  private String policyPorts() {
    return switch (random.nextInt(5)) {
      case 0 -> "{port: " + pick(PORT_NAMES) + "}";
      case 1 -> "{port: 53, protocol: UDP}";
      case 2 -> "{port: 80, endPort: " + pick(PORTS) + "}";
      case 3 -> "{protocol: TCP}";
      default -> "{port: %d}, {port: %d}".formatted(pick(PORTS), pick(PORTS));
    };
  }

  private String selector(String label, List<String> values) {
    return switch (random.nextInt(5)) {
      case 0 -> "{}";
      case 1 ->
          "{matchExpressions: [{key: %s, operator: NotIn, values: [%s]}]}"
              .formatted(label, pick(values));
      case 2 -> "{matchExpressions: [{key: %s, operator: Exists}]}".formatted(label);
      default -> "{matchLabels: {%s: %s}}".formatted(label, pick(values));
    };
  }

  private void clusterNetworkPolicy() {
    policies++;
    add(
        """
        apiVersion: policy.networking.k8s.io/v1alpha2
        kind: ClusterNetworkPolicy
        metadata: {name: cnp%d}
        spec:
          tier: %s
          priority: %d
          subject: {namespaces: %s}
          ingress:
          - {action: %s, from: [{namespaces: %s}]}
          egress:
          - {action: %s, to: [{networks: ["%s"]}]}
        """
            .formatted(
                policies,
                pick(List.of("Admin", "Baseline")),
                between(0, 3),
                selector("colour", COLOURS),
                pick(List.of("Accept", "Deny", "Pass")),
                selector("colour", COLOURS),
                pick(List.of("Accept", "Deny", "Pass")),
                pick(List.of("10.1.1.0/24", "10.0.0.0/8", "fd00:1::/32"))));
  }
}
