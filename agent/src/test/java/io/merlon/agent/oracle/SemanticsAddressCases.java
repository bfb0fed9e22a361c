package io.merlon.agent.oracle;

import static io.merlon.agent.oracle.Case.onGrid;
import static io.merlon.agent.oracle.SemanticsRuleCases.DENY_IN;
import static io.merlon.agent.oracle.SemanticsRuleCases.DENY_OUT;
import static io.merlon.agent.oracle.SemanticsRuleCases.egress;
import static io.merlon.agent.oracle.SemanticsRuleCases.ingress;

import io.merlon.agent.api.ClusterEvent.Kind;
import java.util.List;
import java.util.Map;

/** NP-13 to NP-22: port names, blocks, nodes, own addresses, ICMP. */
final class SemanticsAddressCases {
  /** On the network of node n1, with the labels of x/b. */
  static final String HOST_POD =
      """
      kind: Pod
      metadata: {namespace: x, name: host, labels: {pod: b}}
      spec: {nodeName: n1, hostNetwork: true, containers: [{ports: [{name: http, containerPort: 80}]}]}
      status: {phase: Running, podIPs: [{ip: 10.0.0.1}, {ip: "fd00:0:0:1::1"}]}
      """;

  private SemanticsAddressCases() {}

  static List<Case> all() {
    return List.of(
        onGrid(
            "NP-13 a named port is each destination pod's own number",
            s ->
                s.apply(pod("web", "10.1.9.1", "{name: http, containerPort: 80}"))
                    .apply(pod("alt", "10.1.9.2", "{name: http, containerPort: 8080}"))
                    .apply(pod("udp", "10.1.9.3", "{name: http, containerPort: 80, protocol: UDP}"))
                    .policy("y", "out", egress("[{ports: [{port: http}]}]"))
                    .policy("x", "in", ingress("[{ports: [{port: http}]}]"))
                    .allows("y/a -> x/web TCP/80", "y/a -> x/alt TCP/8080")
                    .denies("y/a -> x/web TCP/8080", "y/a -> x/alt TCP/80")
                    .denies("y/a -> x/udp UDP/80", "y/a -> x/udp TCP/80", "y/a -> x/a TCP/80")
                    .denies("y/a -> 192.0.2.1 TCP/80", "y/a -> z/a TCP/80")),
        onGrid(
            "NP-13 a name and a protocol together; a name nobody declares matches nothing",
            s ->
                s.apply(
                        pod(
                            "dns",
                            "10.1.9.1",
                            "{name: dns, containerPort: 53, protocol: UDP},"
                                + " {name: dns, containerPort: 54, protocol: TCP}"))
                    .policy("x", "in", ingress("[{ports: [{port: dns, protocol: UDP}]}]"))
                    .policy("y", "in", ingress("[{ports: [{port: nobody}]}]"))
                    .allows("y/a -> x/dns UDP/53")
                    .denies("y/a -> x/dns TCP/54", "y/a -> x/dns UDP/54", "y/a -> x/dns TCP/53")
                    .denies("x/a -> y/a TCP/80", "x/a -> y/a TCP/0", "x/a -> y/a ICMP")),
        onGrid(
            "NP-13 a named port beside an ipBlock matches where the address is a pod's",
            s ->
                s.apply(pod("web", "10.1.9.1", "{name: http, containerPort: 80}"))
                    .apply(HOST_POD)
                    .policy(
                        "y",
                        "out",
                        egress("[{to: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: http}]}]"))
                    .allows("y/a -> x/web TCP/80")
                    .denies("y/a -> x/web TCP/81", "y/a -> 192.0.2.1 TCP/80")
                    .denies("y/b -> 10.0.0.1 TCP/80")),
        onGrid(
            "NP-14 an ipBlock matches any address, a pod's too, and host bits are masked",
            s ->
                s.policy("x", "out", egress("[{to: [{ipBlock: {cidr: 10.1.2.77/24}}]}]"))
                    .policy("z", "in", ingress("[{from: [{ipBlock: {cidr: 10.0.0.0/30}}]}]"))
                    .allows("x/a -> y/a TCP/80", "x/a -> 10.1.2.200 UDP/9")
                    .denies("x/a -> z/a TCP/80", "x/a -> 10.1.3.200 UDP/9")
                    .allows("10.0.0.3 -> z/a TCP/80")
                    .denies("10.0.0.4 -> z/a TCP/80")),
        onGrid(
            "NP-14 except takes from its own block only",
            s ->
                s.policy(
                        "x",
                        "out",
                        egress(
                            """
                            [{to: [{ipBlock: {cidr: 10.1.0.0/16, except: [10.1.2.0/24, 10.1.3.2/31]}},
                                   {ipBlock: {cidr: 10.1.2.3/32}}]},
                             {to: [{ipBlock: {cidr: 10.1.2.2/32}}], ports: [{port: 443}]}]\
                            """))
                    .allows("x/a -> z/a TCP/80", "x/a -> y/b TCP/443", "x/a -> x/b ICMP")
                    .allows("x/a -> y/c TCP/80")
                    .denies("x/a -> y/b TCP/80", "x/a -> y/a TCP/443", "x/a -> z/b TCP/80")),
        onGrid(
            "NP-15 0.0.0.0/0 is not IPv6, ::/0 is not IPv4, and every podIP counts",
            s ->
                s.policy("x", "out", egress("[{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]"))
                    .policy("y", "out", egress("[{to: [{ipBlock: {cidr: '::/0'}}]}]"))
                    .policy("z", "in", ingress("[{from: [{podSelector: {}}]}]"))
                    .allows("10.1.1.1 -> 10.1.2.1 TCP/80", "10.1.1.1 -> 192.0.2.1 TCP/80")
                    .denies("fd00:1::1:1 -> fd00:1::2:1 TCP/80", "x/a -> 2001:db8::1 TCP/80")
                    .allows("fd00:1::2:1 -> fd00:1::1:1 TCP/80", "y/a -> 2001:db8::1 TCP/80")
                    .denies("10.1.2.1 -> 10.1.1.1 TCP/80")
                    .allows("fd00:1::3:2 -> fd00:1::3:1 TCP/80", "10.1.3.2 -> 10.1.3.1 TCP/80")
                    .denies("fd00:1::1:2 -> fd00:1::3:1 TCP/80")),
        onGrid(
            "NP-16 SCTP is not TCP, and an SCTP-only rule isolates",
            s ->
                s.policy("x", "in", ingress("[{ports: [{protocol: SCTP, port: 80}]}]"))
                    .allows("y/a -> x/a SCTP/80")
                    .denies("y/a -> x/a TCP/80", "y/a -> x/a UDP/80", "y/a -> x/a SCTP/81")
                    .denies("y/a -> x/a TCP/443")),
        onGrid(
            "NP-17 a pod and its own node reach each other; other nodes are addresses",
            s ->
                s.policy("x", "in", ingress("[{from: [{namespaceSelector: {}}]}]"))
                    .policy("x", "out", DENY_OUT)
                    .policy("y", "in", ingress("[{from: [{ipBlock: {cidr: 10.0.0.2/32}}]}]"))
                    .allows(
                        "10.0.0.1 -> x/a TCP/8080",
                        "x/a -> 10.0.0.1 UDP/53",
                        "x/a -> 10.0.0.1 ICMP")
                    .allows(
                        "fd00:0:0:1::1 -> fd00:1::1:1 TCP/80", "fd00:1::1:1 -> fd00:0:0:1::1 TCP/1")
                    .denies("10.0.0.2 -> x/a TCP/8080", "x/a -> 10.0.0.2 UDP/53")
                    .allows("10.0.0.2 -> y/a TCP/80")
                    .denies("10.0.0.3 -> y/a TCP/80")),
        onGrid(
            "NP-18 a host-network pod is its node: no subject, no pod peer, but an address",
            s ->
                s.apply(HOST_POD)
                    .policy(
                        "x", "in", ingress("[{from: [{podSelector: {matchLabels: {pod: b}}}]}]"))
                    .policy("y", "in", ingress("[{from: [{ipBlock: {cidr: 10.0.0.1/32}}]}]"))
                    .allows("192.0.2.1 -> 10.0.0.1 TCP/80", "y/a -> 10.0.0.1 TCP/80")
                    .allows("x/b -> x/c TCP/80", "10.0.0.1 -> y/b TCP/80")
                    .denies("10.0.0.1 -> x/b TCP/80", "10.0.0.1 -> x/c TCP/80")),
        onGrid(
            "NP-19 a pod reaches its own addresses and localhost",
            s ->
                s.policy("x", "all", "{podSelector: {}, policyTypes: [Ingress, Egress]}")
                    .allows("x/a -> x/a TCP/80", "x/a -> x/a ICMP")
                    .allows("fd00:1::1:1 -> fd00:1::1:1 UDP/53")
                    .denies("x/a -> x/b TCP/80")),
        onGrid(
            "NP-20 an allowed connection is judged by its opener; egress deny-all does not refuse it",
            s ->
                s.policy("x", "out", DENY_OUT)
                    .allows("y/a -> x/a TCP/80")
                    .denies("x/a -> y/a TCP/80")),
        onGrid(
            "NP-21 a change is judged by the new state",
            s ->
                s.allows("y/a -> x/a TCP/80")
                    .policy("x", "in", DENY_IN)
                    .denies("y/a -> x/a TCP/80")
                    .remove(Kind.NETWORK_POLICY, "x", "in")
                    .allows("y/a -> x/a TCP/80")),
        onGrid(
            "NP-22 ICMP passes exactly where a rule lists no ports",
            s ->
                s.policy("x", "in", ingress("[{from: [{podSelector: {}}]}]"))
                    .policy(
                        "y",
                        "in",
                        ingress("[{ports: [{protocol: TCP}, {protocol: UDP}, {protocol: SCTP}]}]"))
                    .allows("x/b -> x/a ICMP", "x/a -> z/a ICMP")
                    .denies("y/a -> x/a ICMP", "x/a -> y/a ICMP")),
        onGrid(
            "NP-24 labels of namespaces, addresses and port names take effect when they change",
            s ->
                s.policy(
                        "x",
                        "in",
                        ingress(
                            "[{from: [{namespaceSelector: {matchLabels: {k: v}}}], ports: [{port: http}]}]"))
                    .apply(pod("web", "10.1.9.1", "{name: http, containerPort: 80}"))
                    .denies("y/a -> x/web TCP/80")
                    .namespace("y", Map.of("k", "v"))
                    .allows("y/a -> x/web TCP/80")
                    .apply(pod("web", "10.1.9.1", "{name: http, containerPort: 81}"))
                    .denies("y/a -> x/web TCP/80")
                    .allows("y/a -> x/web TCP/81")
                    .apply(pod("web", "10.1.9.7", "{name: http, containerPort: 81}"))
                    .allows("y/a -> 10.1.9.7 TCP/81", "x/a -> 10.1.9.1 TCP/81")
                    .denies("z/a -> 10.1.9.7 TCP/81")));
  }

  static String pod(String name, String ip, String ports) {
    return """
    kind: Pod
    metadata: {namespace: x, name: %s, labels: {pod: %s}}
    spec: {nodeName: n3, containers: [{ports: [%s]}]}
    status: {phase: Running, podIPs: [{ip: %s}]}
    """
        .formatted(name, name, ports, ip);
  }
}
