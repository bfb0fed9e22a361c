package io.merlon.agent.oracle;

import static io.merlon.agent.oracle.Case.onGrid;
import static io.merlon.agent.oracle.Protocol.TCP;

import io.merlon.agent.api.ClusterEvent.Kind;
import java.util.List;
import java.util.Map;

/** The upstream suite's cases in which something changes between two looks, TCP. */
final class UpstreamChangeCases {
  private UpstreamChangeCases() {}

  static List<Case> all() {
    return List.of(
        onGrid(
            "should enforce updated policy",
            s ->
                s.policy("x", "mutates", "{podSelector: {}, ingress: [{}]}")
                    .reach(TCP, 81)
                    .policy("x", "mutates", "{podSelector: {}, ingress: []}")
                    .reach(TCP, 81, "deny * > x/*")),
        onGrid(
            "should allow ingress access from updated namespace",
            s ->
                s.policy(
                        "x",
                        "ns2",
                        """
                        podSelector: {matchLabels: {pod: a}}
                        ingress: [{from: [{namespaceSelector: {matchLabels: {ns2: updated}}}]}]
                        """)
                    .reach(TCP, 80, "deny * > x/a")
                    .namespace("y", Map.of("ns", "y", "ns2", "updated"))
                    .reach(TCP, 80, "deny * > x/a", "allow y/* > x/a")
                    .namespace("y", Map.of("ns", "y"))
                    .reach(TCP, 80, "deny * > x/a")),
        onGrid(
            "should allow ingress access from updated pod",
            s ->
                s.policy(
                        "x",
                        "pod2",
                        """
                        podSelector: {matchLabels: {pod: a}}
                        ingress: [{from: [{podSelector: {matchLabels: {pod: b, pod2: updated}}}]}]
                        """)
                    .reach(TCP, 80, "deny * > x/a")
                    .labels("x", "b", Map.of("pod", "b", "pod2", "updated"))
                    .reach(TCP, 80, "deny * > x/a", "allow x/b > x/a")
                    .labels("x", "b", Map.of("pod", "b"))
                    .reach(TCP, 80, "deny * > x/a")),
        onGrid(
            "should deny ingress access to updated pod",
            s ->
                s.policy(
                        "x",
                        "isolated",
                        "{podSelector: {matchLabels: {target: isolated}}, policyTypes: [Ingress]}")
                    .reach(TCP, 80)
                    .labels("x", "a", Map.of("target", "isolated"))
                    .reach(TCP, 80, "deny * > x/a")),
        onGrid(
            "should enforce multiple ingress policies with ingress allow-all policy taking"
                + " precedence",
            s ->
                s.policy("x", "80", "{podSelector: {}, ingress: [{ports: [{port: 80}]}]}")
                    .reach(TCP, 81, "deny * > x/*")
                    .policy("x", "all", "{podSelector: {}, ingress: [{}]}")
                    .reach(TCP, 81)),
        onGrid(
            "should enforce multiple egress policies with egress allow-all policy taking"
                + " precedence",
            s ->
                s.policy("x", "80", egress("{}", "[{ports: [{port: 80}]}]"))
                    .reach(TCP, 81, "deny x/* > *")
                    .policy("x", "all", egress("{}", "[{}]"))
                    .reach(TCP, 81)),
        onGrid(
            "should stop enforcing policies after they are deleted",
            s ->
                s.policy("x", "deny-all", "{podSelector: {}, policyTypes: [Ingress, Egress]}")
                    .reach(TCP, 80, "deny x/* > *", "deny * > x/*")
                    .remove(Kind.NETWORK_POLICY, "x", "deny-all")
                    .reach(TCP, 80)),
        onGrid(
            "should enforce policies to check ingress and egress policies can be controlled"
                + " independently based on PodSelector",
            s ->
                s.policy("x", "egress", egress("{matchLabels: {pod: a}}", "[{}]"))
                    .reach(TCP, 80)
                    .policy(
                        "x",
                        "ingress",
                        "{podSelector: {matchLabels: {pod: a}}, policyTypes: [Ingress]}")
                    .reach(TCP, 80, "deny * > x/a")),
        onGrid(
            "should ensure an IP overlapping both IPBlock.CIDR and IPBlock.Except is allowed",
            s ->
                s.policy("x", "blocks", UpstreamEgressCases.ALL_BUT_X_B)
                    .reach(TCP, 80, "deny x/a > x/b")
                    .policy("x", "more", UpstreamEgressCases.ONLY_X_B)
                    .reach(TCP, 80)
                    .remove(Kind.NETWORK_POLICY, "x", "more")
                    .policy("x", "blocks", UpstreamEgressCases.ONLY_X_B)
                    .reach(TCP, 80, "deny x/a > *", "allow x/a > x/b")));
  }

  private static String egress(String selector, String rules) {
    return "{podSelector: %s, policyTypes: [Egress], egress: %s}".formatted(selector, rules);
  }
}
