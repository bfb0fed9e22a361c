package io.merlon.agent.oracle;

import static io.merlon.agent.oracle.Case.onGrid;
import static io.merlon.agent.oracle.Protocol.TCP;

import java.util.List;

/** The upstream suite's cases about who is selected, TCP. */
final class UpstreamPeerCases {
  static final String ONLY_Y_TO_A =
      """
      podSelector: {matchLabels: {pod: a}}
      ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: y}}}]}]
      """;
  static final String ONLY_Y_A_TO_A =
      """
      podSelector: {matchLabels: {pod: a}}
      ingress:
      - from:
        - podSelector: {matchLabels: {pod: a}}
          namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: y}}
      """;

  private UpstreamPeerCases() {}

  static List<Case> all() {
    return List.of(
        onGrid(
            "should support a 'default-deny-ingress' policy",
            s ->
                s.policy("x", "deny-ingress", "{podSelector: {}, policyTypes: [Ingress]}")
                    .reach(TCP, 80, "deny * > x/*")),
        onGrid(
            "should support a 'default-deny-all' policy",
            s ->
                s.policy("x", "deny-all", "{podSelector: {}, policyTypes: [Ingress, Egress]}")
                    .reach(TCP, 80, "deny * > x/*", "deny x/* > *")),
        onGrid(
            "should enforce policy to allow traffic from pods within server namespace based on"
                + " PodSelector",
            s ->
                s.policy("x", "a-allows-b", fromPods("{matchLabels: {pod: b}}"))
                    .reach(TCP, 80, "deny * > x/a", "allow x/b > x/a")),
        onGrid(
            "should enforce policy to allow ingress traffic for a target",
            s ->
                s.policy("x", "deny-all", "{podSelector: {}, policyTypes: [Ingress]}")
                    .policy(
                        "x",
                        "allow-all-to-a",
                        """
                        podSelector: {matchLabels: {pod: a}}
                        ingress: [{from: [{podSelector: {}, namespaceSelector: {}}]}]
                        """)
                    .reach(TCP, 80, "deny * > x/*", "allow * > x/a")),
        onGrid(
            "should enforce policy to allow ingress traffic from pods in all namespaces",
            s -> s.policy("x", "all-ns", fromNamespaces("{}")).reach(TCP, 80)),
        onGrid(
            "should enforce policy to allow traffic only from a different namespace, based on"
                + " NamespaceSelector",
            s ->
                s.policy("x", "from-y", ONLY_Y_TO_A)
                    .reach(TCP, 80, "deny * > x/a", "allow y/* > x/a")),
        onGrid(
            "should enforce policy based on PodSelector with MatchExpressions",
            s ->
                s.policy("x", "a-allows-b", fromPods(in("pod", "b")))
                    .reach(TCP, 80, "deny * > x/a", "allow x/b > x/a")),
        onGrid(
            "should enforce policy based on NamespaceSelector with MatchExpressions",
            s ->
                s.policy("x", "from-y", fromNamespaces(in("kubernetes.io/metadata.name", "y")))
                    .reach(TCP, 80, "deny * > x/a", "allow y/* > x/a")),
        onGrid(
            "should enforce policy based on PodSelector or NamespaceSelector",
            s ->
                s.policy(
                        "x",
                        "either",
                        from(
                            "[{namespaceSelector: %s}, {podSelector: {matchLabels: {pod: b}}}]"
                                .formatted(notX())))
                    .reach(TCP, 80, "deny x/* > x/a", "allow x/b > x/a")),
        onGrid(
            "should enforce policy based on PodSelector and NamespaceSelector",
            s ->
                s.policy(
                        "x",
                        "both",
                        from(
                            "[{namespaceSelector: %s, podSelector: {matchLabels: {pod: b}}}]"
                                .formatted(notX())))
                    .reach(TCP, 80, "deny * > x/a", "allow y/b > x/a", "allow z/b > x/a")),
        onGrid(
            "should enforce policy based on Multiple PodSelectors and NamespaceSelectors",
            s ->
                s.policy(
                        "x",
                        "several",
                        from(
                            "[{namespaceSelector: %s, podSelector: %s}]"
                                .formatted(notX(), in("pod", "b, c"))))
                    .reach(TCP, 80, "deny x/* > x/a", "deny y/a > x/a", "deny z/a > x/a")),
        onGrid(
            "should enforce policy based on any PodSelectors",
            s ->
                s.policy(
                        "x",
                        "any",
                        from(
                            "[{podSelector: {matchLabels: {pod: b}}},"
                                + " {podSelector: {matchLabels: {pod: c}}}]"))
                    .reach(TCP, 80, "deny * > x/a", "allow x/b > x/a", "allow x/c > x/a")),
        onGrid(
            "should enforce policy to allow traffic only from a pod in a different namespace based"
                + " on PodSelector and NamespaceSelector",
            s ->
                s.policy("x", "from-y-a", ONLY_Y_A_TO_A)
                    .reach(TCP, 80, "deny * > x/a", "allow y/a > x/a")),
        onGrid(
            "should deny ingress from pods on other namespaces",
            s ->
                s.policy("x", "own", "{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}")
                    .reach(TCP, 80, "deny y/* > x/*", "deny z/* > x/*")),
        onGrid(
            "should enforce policy to allow traffic based on NamespaceSelector with MatchLabels"
                + " using default ns label",
            s ->
                s.policy("x", "default-label", ONLY_Y_TO_A)
                    .reach(TCP, 80, "deny * > x/a", "allow y/* > x/a")),
        onGrid(
            "should enforce policy based on NamespaceSelector with MatchExpressions using default ns"
                + " label",
            s ->
                s.policy(
                        "x",
                        "not-y",
                        """
                        podSelector: {matchLabels: {pod: a}}
                        policyTypes: [Egress]
                        egress:
                        - to:
                          - namespaceSelector:
                              matchExpressions:
                              - {key: kubernetes.io/metadata.name, operator: NotIn, values: [y]}
                        """)
                    .reach(TCP, 80, "deny x/a > y/*")));
  }

  private static String from(String peers) {
    return "{podSelector: {matchLabels: {pod: a}}, ingress: [{from: %s}]}".formatted(peers);
  }

  private static String fromPods(String selector) {
    return from("[{podSelector: " + selector + "}]");
  }

  private static String fromNamespaces(String selector) {
    return from("[{namespaceSelector: " + selector + "}]");
  }

  private static String in(String key, String values) {
    return "{matchExpressions: [{key: %s, operator: In, values: [%s]}]}".formatted(key, values);
  }

  private static String notX() {
    return "{matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [x]}]}";
  }
}
