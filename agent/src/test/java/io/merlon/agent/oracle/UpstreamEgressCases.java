package io.merlon.agent.oracle;

import static io.merlon.agent.oracle.Case.onGrid;
import static io.merlon.agent.oracle.Protocol.TCP;

import java.util.List;

/** The upstream suite's cases about egress and CIDRs, TCP. */
final class UpstreamEgressCases {
  /** A wide block of each family around pod x/b, which it leaves out. */
  static final String ALL_BUT_X_B =
      """
      podSelector: {matchLabels: {pod: a}}
      policyTypes: [Egress]
      egress:
      - to:
        - ipBlock: {cidr: 10.0.0.0/12, except: [10.1.1.2/32]}
        - ipBlock: {cidr: "fd00::/16", except: ["fd00:1::1:2/128"]}
      """;

  static final String ONLY_X_B =
      """
      podSelector: {matchLabels: {pod: a}}
      policyTypes: [Egress]
      egress: [{to: [{ipBlock: {cidr: 10.1.1.2/32}}, {ipBlock: {cidr: "fd00:1::1:2/128"}}]}]
      """;

  private static final String ONLY_Y_A =
      """
      podSelector: {matchLabels: {pod: a}}
      policyTypes: [Egress]
      egress:
      - to:
        - podSelector: {matchLabels: {pod: a}}
          namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: y}}
      """;

  private UpstreamEgressCases() {}

  static List<Case> all() {
    return List.of(
        onGrid(
            "should deny egress from pods based on PodSelector",
            s ->
                s.policy(
                        "x",
                        "deny-a",
                        "{podSelector: {matchLabels: {pod: a}}, policyTypes: [Egress]}")
                    .reach(TCP, 80, "deny x/a > *")),
        onGrid(
            "should deny egress from all pods in a namespace",
            s ->
                s.policy("x", "deny-x", "{podSelector: {}, policyTypes: [Egress]}")
                    .reach(TCP, 80, "deny x/* > *")),
        onGrid(
            "should support denying of egress traffic on the client side (even if the server"
                + " explicitly allows this traffic)",
            s ->
                s.policy("x", "to-y-a", ONLY_Y_A)
                    .policy("y", "a-from-x-a", fromXATo("a"))
                    .policy("y", "b-from-x-a", fromXATo("b"))
                    .reach(
                        TCP,
                        80,
                        "deny x/a > *",
                        "deny * > y/a",
                        "deny * > y/b",
                        "allow x/a > y/a")),
        onGrid(
            "should enforce egress policy allowing traffic to a server in a different namespace"
                + " based on PodSelector and NamespaceSelector",
            s ->
                s.policy("x", "to-y-a", ONLY_Y_A)
                    .reach(TCP, 80, "deny x/a > *", "allow x/a > y/a")),
        onGrid(
            "should allow egress access to server in CIDR block",
            s ->
                s.policy(
                        "x",
                        "to-y-b",
                        """
                        podSelector: {matchLabels: {pod: a}}
                        policyTypes: [Egress]
                        egress:
                        - to: [{ipBlock: {cidr: 10.1.2.2/32}}, {ipBlock: {cidr: "fd00:1::2:2/128"}}]
                        """)
                    .reach(TCP, 80, "deny x/a > *", "allow x/a > y/b")),
        onGrid(
            "should enforce except clause while egress access to server in CIDR block",
            s -> s.policy("x", "blocks", ALL_BUT_X_B).reach(TCP, 80, "deny x/a > x/b")));
  }

  private static String fromXATo(String pod) {
    return """
    podSelector: {matchLabels: {pod: %s}}
    ingress:
    - from:
      - podSelector: {matchLabels: {pod: a}}
        namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: x}}
    """
        .formatted(pod);
  }
}
