package io.merlon.agent.oracle;

import static io.merlon.agent.oracle.Case.onGrid;
import static io.merlon.agent.oracle.SemanticsRuleCases.DENY_IN;
import static io.merlon.agent.oracle.SemanticsRuleCases.ingress;

import java.util.List;
import java.util.stream.Stream;

/**
 * Tiers 1 to 8 for ClusterNetworkPolicy. Tiers 9 is the datapath's: there a verdict has no answer.
 */
final class TierCases {
  private static final String ALL = "{namespaces: {}}";

  private TierCases() {}

  static List<Case> all() {
    return Stream.of(order(), matching(), unknown(), unreadable()).flatMap(List::stream).toList();
  }

  /** A policy for every pod, with one ingress list. */
  private static String in(String tier, int priority, String rules) {
    return "{tier: %s, priority: %d, subject: {namespaces: {}}, ingress: %s}"
        .formatted(tier, priority, rules);
  }

  private static String out(String tier, int priority, String rules) {
    return "{tier: %s, priority: %d, subject: {namespaces: {}}, egress: %s}"
        .formatted(tier, priority, rules);
  }

  private static String rule(String action, String peer) {
    return "{action: %s, from: [%s]}".formatted(action, peer);
  }

  private static String to(String action, String peer) {
    return "{action: %s, to: [%s]}".formatted(action, peer);
  }

  private static List<Case> order() {
    return List.of(
        onGrid(
            "Tiers 1 the lowest priority number decides first",
            s ->
                s.tier("deny", in("Admin", 20, "[" + rule("Deny", ALL) + "]"))
                    .tier(
                        "accept",
                        in(
                            "Admin",
                            10,
                            "[" + rule("Accept", "{namespaces: {matchLabels: {ns: x}}}") + "]"))
                    .allows("x/a -> y/a TCP/80")
                    .denies("z/a -> y/a TCP/80")),
        onGrid(
            "Tiers 1 Pass jumps over the rest of its tier to the NetworkPolicy tier",
            s ->
                s.tier("pass", in("Admin", 1, "[" + rule("Pass", ALL) + "]"))
                    .tier("deny", in("Admin", 2, "[" + rule("Deny", ALL) + "]"))
                    .policy("x", "in", DENY_IN)
                    .allows("x/a -> y/a TCP/80")
                    .denies("y/a -> x/a TCP/80")),
        onGrid(
            "Tiers 1 an Admin Accept goes over a NetworkPolicy that isolates",
            s ->
                s.tier("accept", in("Admin", 1, "[" + rule("Accept", ALL) + "]"))
                    .policy("x", "in", DENY_IN)
                    .allows("y/a -> x/a TCP/80", "y/a -> x/a ICMP")
                    .denies("192.0.2.1 -> x/a TCP/80")),
        onGrid(
            "Tiers 2 a NetworkPolicy is final for the pods it isolates",
            s ->
                s.tier("deny", in("Baseline", 1, "[" + rule("Deny", ALL) + "]"))
                    .policy(
                        "x",
                        "in",
                        ingress("[{from: [{namespaceSelector: {matchLabels: {ns: y}}}]}]"))
                    .allows("y/a -> x/a TCP/80")
                    .denies("z/a -> x/a TCP/80", "y/a -> z/a TCP/80")),
        onGrid(
            "Tiers 2 isolation in one direction leaves the other to Baseline",
            s ->
                s.tier("deny", in("Baseline", 1, "[" + rule("Deny", ALL) + "]"))
                    .policy("x", "out", "{podSelector: {}, policyTypes: [Egress], egress: [{}]}")
                    .denies("y/a -> x/a TCP/80", "x/a -> y/a TCP/80")),
        onGrid(
            "Tiers 3 Baseline goes by priority too, and its Pass is the default",
            s ->
                s.tier(
                        "pass",
                        in(
                            "Baseline",
                            1,
                            "[" + rule("Pass", "{namespaces: {matchLabels: {ns: x}}}") + "]"))
                    .tier("deny", in("Baseline", 2, "[" + rule("Deny", ALL) + "]"))
                    .allows("x/a -> y/a TCP/80")
                    .denies("z/a -> y/a TCP/80")),
        onGrid(
            "Tiers 4 what nobody decides is allowed",
            s ->
                s.tier(
                        "some",
                        in(
                            "Admin",
                            1,
                            "[" + rule("Deny", "{namespaces: {matchLabels: {ns: z}}}") + "]"))
                    .allows("x/a -> y/a TCP/80", "192.0.2.1 -> y/a TCP/80")
                    .denies("z/a -> y/a TCP/80")),
        onGrid(
            "Tiers 5 no implicit isolation",
            s ->
                s.tier(
                        "one",
                        in(
                            "Admin",
                            1,
                            "[" + rule("Accept", "{namespaces: {matchLabels: {ns: x}}}") + "]"))
                    .tier(
                        "two",
                        in(
                            "Baseline",
                            1,
                            "[" + rule("Accept", "{namespaces: {matchLabels: {ns: x}}}") + "]"))
                    .allows("z/a -> y/a TCP/80", "192.0.2.1 -> y/a UDP/53")),
        onGrid(
            "Tiers 5 an egress Accept does not skip the destination's ingress",
            s ->
                s.tier("out", out("Admin", 1, "[" + to("Accept", ALL) + "]"))
                    .policy("y", "in", DENY_IN)
                    .policy("x", "out", "{podSelector: {}, policyTypes: [Egress]}")
                    .denies("x/a -> y/a TCP/80")
                    .allows("x/a -> z/a TCP/80")),
        onGrid(
            "Tiers 6 Accept X, then Deny all, accepts X",
            s ->
                s.tier(
                        "both",
                        in(
                            "Admin",
                            1,
                            "["
                                + rule("Accept", "{namespaces: {matchLabels: {ns: x}}}")
                                + ", "
                                + rule("Deny", ALL)
                                + "]"))
                    .allows("x/a -> y/a TCP/80")
                    .denies("z/a -> y/a TCP/80")));
  }

  private static List<Case> matching() {
    return List.of(
        onGrid(
            "Tiers 1 a subject can be pods, by namespace and label",
            s ->
                s.tier(
                        "deny",
                        """
                        tier: Admin
                        priority: 1
                        subject:
                          pods:
                            namespaceSelector: {matchLabels: {ns: x}}
                            podSelector: {matchLabels: {pod: a}}
                        ingress: [{action: Deny, from: [{namespaces: {}}]}]
                        """)
                    .denies("y/a -> x/a TCP/80")
                    .allows("y/a -> x/b TCP/80", "x/a -> y/a TCP/80", "192.0.2.1 -> x/a TCP/80")),
        onGrid(
            "Tiers 1 protocols, ranges and names",
            s ->
                s.tier(
                        "deny",
                        """
                        tier: Admin
                        priority: 1
                        subject: {namespaces: {}}
                        ingress:
                        - action: Deny
                          from: [{namespaces: {}}]
                          protocols:
                          - tcp: {destinationPort: {number: 8080}}
                          - udp: {destinationPort: {range: {start: 1000, end: 65535}}}
                          - destinationNamedPort: serve-81-sctp
                        """)
                    .denies("x/a -> y/a TCP/8080", "x/a -> y/a UDP/1000", "x/a -> y/a UDP/65535")
                    .denies("x/a -> y/a SCTP/81")
                    .allows("x/a -> y/a TCP/8081", "x/a -> y/a UDP/999", "x/a -> y/a TCP/81")
                    .allows("x/a -> y/a ICMP", "x/a -> y/a SCTP/80")),
        onGrid(
            "Tiers 1 networks match pods and strangers, by family",
            s ->
                s.tier("deny", out("Admin", 1, "[" + to("Deny", "{networks: [0.0.0.0/0]}") + "]"))
                    .denies("10.1.1.1 -> 10.1.2.1 TCP/80", "x/a -> 192.0.2.1 ICMP")
                    .allows(
                        "fd00:1::1:1 -> fd00:1::2:1 TCP/80", "fd00:1::1:1 -> 2001:db8::1 TCP/80")),
        onGrid(
            "Tiers 1 nodes match nodes' addresses, except the pod's own (NP-17)",
            s ->
                s.apply(
                        "{kind: Node, metadata: {name: n2, labels: {role: infra}}, status: {addresses: [{address: 10.0.0.2}]}}")
                    .tier(
                        "deny",
                        out(
                            "Admin",
                            1,
                            "[" + to("Deny", "{nodes: {matchLabels: {role: infra}}}") + "]"))
                    .denies("x/a -> 10.0.0.2 TCP/10250", "x/a -> 10.0.0.2 ICMP")
                    .allows("x/a -> 10.0.0.3 TCP/10250", "x/b -> 10.0.0.2 TCP/10250")),
        onGrid(
            "Tiers 8 host-network pods are neither subjects nor peers; an own address is exempt",
            s ->
                s.apply(SemanticsAddressCases.HOST_POD)
                    .tier("in", in("Admin", 1, "[" + rule("Deny", ALL) + "]"))
                    .tier("out", out("Admin", 1, "[" + to("Deny", ALL) + "]"))
                    .allows("x/b -> 10.0.0.1 TCP/80", "10.0.0.1 -> x/b TCP/80")
                    .allows("x/a -> x/a TCP/80", "fd00:1::1:1 -> fd00:1::1:1 ICMP")
                    .denies("x/a -> x/b TCP/80")));
  }

  /** Tiers 7, for a rule that has a peer nobody knows beside one that everybody does. */
  private static List<Case> unknown() {
    return Stream.of(
            "{}",
            "{externals: {}}",
            "{namespaces: {}, externals: {}}",
            "{domainNames: [merlon.example]}",
            "{networks: [ten]}",
            "{namespaces: {matchExpressions: [{key: ns, operator: in, values: [x]}]}}")
        .map(peer ->
            onGrid(
                "Tiers 7 fails closed: " + peer,
                s ->
                    s.policy("y", "out", "{podSelector: {}, policyTypes: [Egress]}")
                        .tier("c", out("Admin", 1, "[" + to("Accept", ALL + ", " + peer) + "]"))
                        .denies("y/a -> x/a TCP/80")
                        .allows("x/a -> y/a TCP/80")
                        .tier("c", out("Admin", 1, "[" + to("Deny", peer) + "]"))
                        .denies("x/a -> y/a TCP/80", "x/a -> 192.0.2.1 ICMP")
                        .tier("c", out("Admin", 1, "[" + to("Pass", peer) + "]"))
                        .denies("x/a -> y/a TCP/80", "x/a -> 192.0.2.1 UDP/53")))
        .toList();
  }

  /** Tiers 7, for a policy that could be for anyone: it accepts nobody and denies what it names. */
  private static List<Case> unreadable() {
    String odd = "{matchExpressions: [{key: ns, operator: in, values: [x]}]}";
    String rules =
        """
        egress:
        - {action: Accept, to: [{namespaces: {matchLabels: {ns: x}}}]}
        - {action: Pass, to: [{namespaces: {matchLabels: {ns: y}}}]}
        - {action: Deny, to: [{namespaces: {matchLabels: {ns: z}}}]}
        """;
    String toAll = "{podSelector: {}, policyTypes: [Egress], egress: [{}]}";
    return List.of(
        onGrid(
            "Tiers 7 a subject nobody can read is everybody, for what denies or passes",
            s ->
                s.policy("x", "out", toAll)
                    .tier("c", "{tier: Admin, priority: 1, subject: {namespaces: " + odd + "}}")
                    .allows("x/a -> y/a TCP/80")
                    .tier(
                        "c",
                        "tier: Admin\npriority: 1\nsubject: {namespaces: " + odd + "}\n" + rules)
                    .allows("x/a -> x/b TCP/80", "x/a -> 192.0.2.1 TCP/80")
                    .denies("x/a -> y/a TCP/80", "z/b -> z/a ICMP")
                    .tier("d", out("Admin", 2, "[" + to("Deny", ALL) + "]"))
                    .denies("x/a -> x/b TCP/80")),
        onGrid(
            "Tiers 7 the readable selector of a subject counts beside one nobody can read",
            s ->
                s.tier(
                        "c",
                        """
                        tier: Baseline
                        priority: 1
                        subject:
                          pods: {namespaceSelector: {matchLabels: {ns: x}}, podSelector: %s}
                        """
                                .formatted(odd)
                            + rules)
                    .denies("x/a -> y/a TCP/80", "x/c -> z/a TCP/80")
                    .allows("y/a -> y/b TCP/80", "y/a -> z/a TCP/80")
                    .tier(
                        "c",
                        """
                        tier: Baseline
                        priority: 1
                        subject:
                          pods: {namespaceSelector: %s, podSelector: {matchLabels: {pod: a}}}
                        """
                                .formatted(odd)
                            + rules)
                    .denies("x/a -> y/a TCP/80", "y/a -> z/a TCP/80")
                    .allows("x/b -> y/a TCP/80", "y/c -> z/a TCP/80")),
        onGrid(
            "Tiers 7 a tier nobody knows is asked first, and accepts nobody",
            s ->
                s.policy("x", "out", toAll)
                    .tier("c", "tier: Urgent\npriority: 9\nsubject: {namespaces: {}}\n" + rules)
                    .denies("x/a -> y/a TCP/80", "x/a -> z/a TCP/80")
                    .allows("x/a -> x/b TCP/80")),
        onGrid(
            "Tiers 7 a priority that is none, and a subject with an unknown field, accept nobody",
            s ->
                s.policy("x", "out", "{podSelector: {}, policyTypes: [Egress]}")
                    .tier("c", "tier: Admin\npriority: -1\nsubject: {namespaces: {}}\n" + rules)
                    .denies("x/a -> x/b TCP/80", "z/a -> y/a TCP/80", "z/a -> z/b TCP/80")
                    .allows("z/a -> x/a TCP/80")
                    .tier("c", "tier: Admin\npriority: 1001\nsubject: {namespaces: {}}\n" + rules)
                    .denies("x/a -> x/b TCP/80", "z/a -> y/a TCP/80", "z/a -> z/b TCP/80")
                    .tier(
                        "c",
                        """
                        tier: Admin
                        priority: 1
                        subject: {namespaces: {matchLabels: {ns: z}}, accounts: {}}
                        """
                            + rules)
                    .denies("z/a -> y/a TCP/80", "z/a -> z/b TCP/80", "x/a -> x/b TCP/80")
                    .allows("z/a -> x/a TCP/80", "y/a -> z/a TCP/80")),
        onGrid(
            "Tiers 7 a port name beside peers that are no pods",
            s ->
                s.tier(
                        "c",
                        out(
                            "Admin",
                            1,
                            "[{action: Deny, to: [{networks: [198.51.100.0/24]}],"
                                + " protocols: [{destinationNamedPort: http}]}]"))
                    .denies("x/a -> y/a TCP/80", "x/a -> 192.0.2.1 ICMP")
                    .policy("x", "out", "{podSelector: {}, policyTypes: [Egress]}")
                    .tier(
                        "c",
                        out(
                            "Admin",
                            1,
                            "[{action: Accept, to: [{nodes: {}}, {namespaces: {}}],"
                                + " protocols: [{destinationNamedPort: http}]}]"))
                    .denies("x/a -> y/a TCP/80")),
        onGrid(
            "Tiers 7 nodes and networks are no peers of ingress rules",
            s ->
                s.tier(
                        "c",
                        in("Admin", 1, "[" + rule("Deny", "{networks: [198.51.100.0/24]}") + "]"))
                    .denies("192.0.2.1 -> x/a TCP/80", "y/a -> x/a TCP/80")
                    .tier(
                        "c", in("Admin", 1, "[" + rule("Accept", "{networks: [0.0.0.0/0]}") + "]"))
                    .policy("x", "in", DENY_IN)
                    .denies("192.0.2.1 -> x/a TCP/80")),
        onGrid(
            "Tiers 7 an action nobody knows denies everybody",
            s ->
                s.tier(
                        "c",
                        in(
                            "Admin",
                            1,
                            "[" + rule("Log", "{namespaces: {matchLabels: {ns: z}}}") + "]"))
                    .denies("y/a -> x/a TCP/80", "192.0.2.1 -> x/a ICMP")));
  }
}
