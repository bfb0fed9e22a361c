package io.merlon.agent.oracle;

import static io.merlon.agent.oracle.Case.onGrid;

import java.util.List;
import java.util.Map;

/** NP-1 to NP-12: isolation, rules, peers and ports, with verdicts worked out by hand. */
final class SemanticsRuleCases {
  static final String DENY_IN = "{podSelector: {}, policyTypes: [Ingress]}";
  static final String DENY_OUT = "{podSelector: {}, policyTypes: [Egress]}";

  private SemanticsRuleCases() {}

  static List<Case> all() {
    return List.of(
        onGrid(
            "NP-1 isolation is per pod and per direction",
            s ->
                s.policy("x", "p", "{podSelector: {matchLabels: {pod: a}}, policyTypes: [Ingress]}")
                    .denies("y/a -> x/a TCP/80", "x/b -> x/a UDP/53", "192.0.2.1 -> x/a ICMP")
                    .allows("x/a -> y/a TCP/80", "y/a -> x/b TCP/80", "x/a -> 192.0.2.1 TCP/443")),
        onGrid(
            "NP-1 a policy isolates its own namespace alone",
            s ->
                s.policy("x", "p", DENY_IN)
                    .denies("y/a -> x/a TCP/80")
                    .allows("x/a -> y/a TCP/80", "y/b -> y/a TCP/80")),
        onGrid(
            "NP-2 what any policy, rule, peer or port allows is allowed",
            s ->
                s.policy("x", "z", ingress("[{from: [{podSelector: {matchLabels: {pod: b}}}]}]"))
                    .policy("x", "a", ingress("[{ports: [{port: 81}]}, {ports: [{port: 82}]}]"))
                    .policy("x", "m", DENY_IN)
                    .allows("x/b -> x/a TCP/80", "y/a -> x/a TCP/81", "y/a -> x/a TCP/82")
                    .denies("y/a -> x/a TCP/80", "x/c -> x/a TCP/80", "y/a -> x/a UDP/81")),
        onGrid(
            "NP-3 both sides must allow; a side that is no pod always does",
            s ->
                s.policy("x", "out", DENY_OUT)
                    .policy("y", "in", DENY_IN)
                    .denies("x/a -> z/a TCP/80", "z/a -> y/a TCP/80", "x/a -> y/a TCP/80")
                    .allows("192.0.2.1 -> x/a TCP/80", "y/a -> 192.0.2.1 TCP/80")
                    .allows("192.0.2.1 -> 192.0.2.2 TCP/80")),
        onGrid(
            "NP-4 without policyTypes ingress is isolated, egress only where it has a rule",
            s ->
                s.policy("x", "p", "{podSelector: {matchLabels: {pod: a}}}")
                    .policy("x", "q", "{podSelector: {matchLabels: {pod: b}}, egress: []}")
                    .policy(
                        "x",
                        "r",
                        "{podSelector: {matchLabels: {pod: c}}, policyTypes: [],"
                            + " egress: [{ports: [{port: 80}]}]}")
                    .denies("y/a -> x/a TCP/80", "y/a -> x/b TCP/80", "y/a -> x/c TCP/80")
                    .allows("x/a -> y/a TCP/81", "x/b -> y/a TCP/81", "x/c -> y/a TCP/80")
                    .denies("x/c -> y/a TCP/81")),
        onGrid(
            "NP-5 rules of an unlisted direction are ignored",
            s ->
                s.policy(
                        "x",
                        "p",
                        """
                        podSelector: {}
                        policyTypes: [Egress]
                        ingress: [{ports: [{port: 80}]}]
                        egress: [{ports: [{port: 81}]}]
                        """)
                    .allows("y/a -> x/a TCP/82", "x/a -> y/a TCP/81")
                    .denies("x/a -> y/a TCP/80")),
        onGrid(
            "NP-6 no rules deny all, the empty rule allows all, ICMP too",
            s ->
                s.policy("x", "deny", "{podSelector: {}, policyTypes: [Ingress], ingress: []}")
                    .policy("y", "allow", "{podSelector: {}, ingress: [{}]}")
                    .denies("z/a -> x/a TCP/80", "z/a -> x/a ICMP", "192.0.2.1 -> x/a SCTP/1")
                    .allows("z/a -> y/a TCP/80", "z/a -> y/a ICMP", "192.0.2.1 -> y/a SCTP/1")),
        onGrid(
            "NP-7 peers or ports absent or empty restrict nothing",
            s ->
                s.policy("x", "p", ingress("[{from: [], ports: [{port: 80}]}]"))
                    .policy("y", "p", ingress("[{from: [{podSelector: {}}], ports: []}]"))
                    .policy("z", "p", ingress("[{ports: [{port: 80}]}]"))
                    .allows("192.0.2.1 -> x/a TCP/80", "192.0.2.1 -> z/a TCP/80", "y/b -> y/a ICMP")
                    .denies("192.0.2.1 -> x/a TCP/81", "x/b -> y/a TCP/80", "x/b -> z/a ICMP")),
        onGrid(
            "NP-7 a rule is peers and ports",
            s ->
                s.policy(
                        "x",
                        "p",
                        ingress(
                            "[{from: [{podSelector: {matchLabels: {pod: b}}}],"
                                + " ports: [{port: 80}]}]"))
                    .allows("x/b -> x/a TCP/80")
                    .denies("x/b -> x/a TCP/81", "x/c -> x/a TCP/80")),
        onGrid(
            "NP-8 a missing podSelector is every pod of the namespace",
            s ->
                s.policy("x", "p", "{policyTypes: [Ingress]}")
                    .denies("y/a -> x/a TCP/80", "y/a -> x/c TCP/80")
                    .allows("x/a -> y/a TCP/80")),
        onGrid(
            "NP-9 podSelector alone, namespaceSelector alone, both, and {}",
            s ->
                s.policy("x", "p", ingress("[{from: [{podSelector: {matchLabels: {pod: b}}}]}]"))
                    .policy("y", "p", ingress("[{from: [{namespaceSelector: {}}]}]"))
                    .policy(
                        "z",
                        "p",
                        ingress(
                            "[{from: [{podSelector: {matchLabels: {pod: b}},"
                                + " namespaceSelector: {matchLabels: {ns: x}}}]}]"))
                    .allows("x/b -> x/a TCP/80", "z/c -> y/a TCP/80", "x/b -> z/a TCP/80")
                    .denies("y/b -> x/a TCP/80", "y/b -> z/a TCP/80", "x/c -> z/a TCP/80")
                    .denies("192.0.2.1 -> y/a TCP/80", "10.0.0.2 -> y/a TCP/80")),
        onGrid(
            "NP-10 NotIn and DoesNotExist match without the key; {k: ''} wants it",
            s ->
                s.policy("x", "p", ingress("[{from: [%s]}]".formatted(pods("k", "NotIn", "[v]"))))
                    .policy(
                        "y", "p", ingress("[{from: [%s]}]".formatted(pods("k", "DoesNotExist"))))
                    .policy("z", "p", ingress("[{from: [{podSelector: {matchLabels: {k: ''}}}]}]"))
                    .allows("x/b -> x/a TCP/80", "y/b -> y/a TCP/80")
                    .denies("z/b -> z/a TCP/80")
                    .labels("x", "b", Map.of("k", "v"))
                    .labels("y", "b", Map.of("k", ""))
                    .labels("z", "b", Map.of("k", ""))
                    .denies("x/b -> x/a TCP/80", "y/b -> y/a TCP/80")
                    .allows("z/b -> z/a TCP/80")),
        onGrid(
            "NP-10 requirements are ANDed",
            s ->
                s.policy(
                        "x",
                        "p",
                        ingress(
                            """
                            [{from: [{podSelector: {matchLabels: {pod: b}, matchExpressions: [
                              {key: k, operator: Exists},
                              {key: k, operator: NotIn, values: [v, w]}]}}]}]\
                            """))
                    .denies("x/b -> x/a TCP/80")
                    .labels("x", "b", Map.of("pod", "b", "k", "w"))
                    .denies("x/b -> x/a TCP/80")
                    .labels("x", "b", Map.of("pod", "b", "k", "u"))
                    .allows("x/b -> x/a TCP/80")
                    .labels("x", "b", Map.of("k", "u"))
                    .denies("x/b -> x/a TCP/80")),
        onGrid(
            "NP-11 a missing protocol is TCP, a missing port every port of the protocol",
            s ->
                s.policy("x", "p", ingress("[{ports: [{port: 80}]}]"))
                    .policy("y", "p", ingress("[{ports: [{protocol: UDP}]}]"))
                    .policy("z", "p", ingress("[{ports: [{}]}]"))
                    .allows("y/a -> x/a TCP/80", "x/a -> y/a UDP/0", "x/a -> y/a UDP/65535")
                    .allows("x/a -> z/a TCP/1", "x/a -> z/a TCP/65535")
                    .denies("y/a -> x/a UDP/80", "x/a -> y/a TCP/80", "x/a -> z/a UDP/1")
                    .denies("x/a -> z/a ICMP", "x/a -> y/a ICMP")),
        onGrid(
            "NP-12 endPort is inclusive and may equal port",
            s ->
                s.policy("x", "p", ingress("[{ports: [{port: 1000, endPort: 2000}]}]"))
                    .policy("y", "p", ingress("[{ports: [{port: 80, endPort: 80}]}]"))
                    .policy("z", "p", ingress("[{ports: [{port: 65535, endPort: 65535}]}]"))
                    .allows("y/a -> x/a TCP/1000", "y/a -> x/a TCP/1500", "y/a -> x/a TCP/2000")
                    .denies("y/a -> x/a TCP/999", "y/a -> x/a TCP/2001", "y/a -> x/a UDP/1500")
                    .allows("x/a -> y/a TCP/80", "x/a -> z/a TCP/65535")
                    .denies("x/a -> y/a TCP/79", "x/a -> y/a TCP/81", "x/a -> z/a TCP/65534")));
  }

  static String ingress(String rules) {
    return "{podSelector: {}, policyTypes: [Ingress], ingress: " + rules + "}";
  }

  static String egress(String rules) {
    return "{podSelector: {}, policyTypes: [Egress], egress: " + rules + "}";
  }

  private static String pods(String key, String operator) {
    return "{podSelector: {matchExpressions: [{key: %s, operator: %s}]}}".formatted(key, operator);
  }

  private static String pods(String key, String operator, String values) {
    return "{podSelector: {matchExpressions: [{key: %s, operator: %s, values: %s}]}}"
        .formatted(key, operator, values);
  }
}
