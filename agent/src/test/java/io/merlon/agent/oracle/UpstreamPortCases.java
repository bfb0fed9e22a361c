package io.merlon.agent.oracle;

import static io.merlon.agent.oracle.Case.onGrid;
import static io.merlon.agent.oracle.Protocol.SCTP;
import static io.merlon.agent.oracle.Protocol.TCP;
import static io.merlon.agent.oracle.Protocol.UDP;

import java.util.ArrayList;
import java.util.List;

/** The upstream suite's cases about ports and protocols. */
final class UpstreamPortCases {
  private UpstreamPortCases() {}

  static List<Case> all() {
    List<Case> all = new ArrayList<>(tcp());
    all.addAll(mixed());
    all.addAll(ofProtocol(UDP));
    all.addAll(ofProtocol(SCTP));
    return all;
  }

  private static List<Case> tcp() {
    return List.of(
        onGrid(
            "should enforce policy based on Ports",
            s ->
                s.policy("x", "y-on-81", fromYOn("81", TCP))
                    .reach(TCP, 81, "deny * > x/a", "allow y/* > x/a")
                    .reach(TCP, 80, "deny * > x/a")),
        onGrid(
            "should enforce multiple, stacked policies with overlapping podSelectors",
            s ->
                s.policy("x", "y-on-81", fromYOn("81", TCP))
                    .reach(TCP, 81, "deny * > x/a", "allow y/* > x/a")
                    .reach(TCP, 80, "deny * > x/a")
                    .policy("x", "y-on-80", fromYOn("80", TCP))
                    .reach(TCP, 80, "deny * > x/a", "allow y/* > x/a")
                    .reach(TCP, 81, "deny * > x/a", "allow y/* > x/a")),
        onGrid(
            "should support allow-all policy",
            s ->
                s.policy("x", "allow-all", "{podSelector: {}, ingress: [{}]}")
                    .reach(TCP, 80)
                    .reach(TCP, 81)),
        onGrid(
            "should allow ingress access on one named port",
            s ->
                s.policy("x", "81", "{podSelector: {}, ingress: [{ports: [{port: serve-81-tcp}]}]}")
                    .reach(TCP, 81)
                    .reach(TCP, 80, "deny * > x/*")),
        onGrid(
            "should allow ingress access from namespace on one named port",
            s ->
                s.policy("x", "y-on-80", fromYOn("serve-80-tcp", TCP))
                    .reach(TCP, 80, "deny * > x/a", "allow y/* > x/a")
                    .reach(TCP, 81, "deny * > x/a")),
        onGrid(
            "should allow egress access on one named port",
            s ->
                s.policy(
                        "x",
                        "allow-egress",
                        """
                        podSelector: {}
                        policyTypes: [Egress]
                        egress: [{ports: [{port: serve-80-tcp}]}]
                        """)
                    .reach(TCP, 80)
                    .reach(TCP, 81, "deny x/* > *")),
        onGrid(
            "should work with Ingress, Egress specified together",
            s ->
                s.policy(
                        "x",
                        "both",
                        """
                        podSelector: {matchLabels: {pod: a}}
                        policyTypes: [Egress, Ingress]
                        ingress: [{from: [{podSelector: {matchLabels: {pod: b}}}]}]
                        egress: [{ports: [{port: 80}]}]
                        """)
                    .reach(TCP, 80, "deny * > x/a", "allow x/b > x/a")
                    .reach(TCP, 81, "deny * > x/a", "deny x/a > *", "allow x/b > x/a")));
  }

  private static List<Case> mixed() {
    return List.of(
        onGrid(
            "should enforce ingress policy allowing any port traffic to a server on a specific"
                + " protocol",
            s ->
                s.policy("x", "tcp", toAOn("{protocol: TCP}"))
                    .reach(TCP, 80)
                    .reach(UDP, 80, "deny * > x/a")),
        onGrid(
            "should not mistakenly treat 'protocol: SCTP' as 'protocol: TCP', even if the plugin"
                + " doesn't support SCTP",
            s ->
                s.policy("x", "deny-ingress", "{podSelector: {}, policyTypes: [Ingress]}")
                    .policy("x", "sctp-81", toAOn("{protocol: SCTP, port: 81}"))
                    .reach(TCP, 81, "deny * > x/*")
                    .reach(SCTP, 81, "deny * > x/*", "allow * > x/a")),
        onGrid(
            "should properly isolate pods that are selected by a policy allowing SCTP, even if the"
                + " plugin doesn't support SCTP",
            s ->
                s.policy("x", "sctp-80", toAOn("{protocol: SCTP, port: 80}"))
                    .reach(TCP, 81, "deny * > x/a")
                    .reach(TCP, 80, "deny * > x/a")),
        onGrid(
            "should not allow access by TCP when a policy specifies only UDP",
            s ->
                s.policy("x", "udp-81", toAOn("{protocol: UDP, port: 81}"))
                    .reach(TCP, 81, "deny * > x/a")
                    .reach(UDP, 81)));
  }

  private static List<Case> ofProtocol(Protocol protocol) {
    return List.of(
        onGrid(
            protocol + ": should support a 'default-deny-ingress' policy",
            s ->
                s.policy("x", "deny-all", "{podSelector: {}, policyTypes: [Ingress]}")
                    .reach(protocol, 80, "deny * > x/*")),
        onGrid(
            protocol + ": should enforce policy based on Ports",
            s ->
                s.policy("x", "y-on-81", fromYOn("81", protocol))
                    .reach(protocol, 81, "deny * > x/a", "allow y/* > x/a")
                    .reach(protocol, 80, "deny * > x/a")),
        onGrid(
            protocol
                + ": should enforce policy to allow traffic only from a pod in a different namespace"
                + " based on PodSelector and NamespaceSelector",
            s ->
                s.policy("x", "from-y-a", UpstreamPeerCases.ONLY_Y_A_TO_A)
                    .reach(protocol, 80, "deny * > x/a", "allow y/a > x/a")));
  }

  private static String fromYOn(String port, Protocol protocol) {
    return """
    podSelector: {matchLabels: {pod: a}}
    ingress:
    - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: y}}}]
      ports: [{port: %s, protocol: %s}]
    """
        .formatted(port, protocol);
  }

  private static String toAOn(String port) {
    return "{podSelector: {matchLabels: {pod: a}}, ingress: [{ports: [%s]}]}".formatted(port);
  }
}
