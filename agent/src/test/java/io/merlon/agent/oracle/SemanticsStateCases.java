package io.merlon.agent.oracle;

import static io.merlon.agent.oracle.Case.onGrid;
import static io.merlon.agent.oracle.SemanticsRuleCases.DENY_IN;
import static io.merlon.agent.oracle.SemanticsRuleCases.egress;
import static io.merlon.agent.oracle.SemanticsRuleCases.ingress;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** NP-23 and NP-25 to NP-28: services, phases, invalid pieces, identity; and virtual labels. */
final class SemanticsStateCases {
  private SemanticsStateCases() {}

  static List<Case> all() {
    return Stream.of(state(), invalid(), identity()).flatMap(List::stream).toList();
  }

  private static List<Case> state() {
    return List.of(
        onGrid(
            "NP-23 a service is judged by the backend and its target port",
            s -> {
              s.apply(service("[10.1.2.1]", 8080))
                  .policy("x", "out", egress("[{ports: [{port: 80}]}]"));
              assertEquals(Set.of(false), s.byBackend("x/a -> 172.20.0.1 TCP/80"));
              s.apply(service("[10.1.2.1]", 80));
              assertEquals(Set.of(true), s.byBackend("x/a -> 172.20.0.1 TCP/80"));
              assertEquals(Set.of(true), s.byBackend("z/a -> 172.20.0.1 TCP/80"));
            }),
        onGrid(
            "NP-23 where backends differ, each is judged by itself",
            s -> {
              s.apply(service("[10.1.2.1, 10.1.3.1]", 80))
                  .policy(
                      "x", "out", egress("[{to: [{namespaceSelector: {matchLabels: {ns: y}}}]}]"));
              assertEquals(Set.of(true, false), s.byBackend("x/a -> 172.20.0.1 TCP/80"));
            }),
        onGrid(
            "NP-23 a block around the virtual address allows nothing",
            s -> {
              s.apply(service("[10.1.2.1]", 80))
                  .policy("x", "out", egress("[{to: [{ipBlock: {cidr: 172.20.0.0/16}}]}]"));
              assertEquals(Set.of(false), s.byBackend("x/a -> 172.20.0.1 TCP/80"));
            }),
        onGrid(
            "NP-25 a pod that has only begun to start is isolated",
            s ->
                s.policy("x", "in", DENY_IN)
                    .apply(phase("new", "Pending", "10.1.9.1", ""))
                    .denies("y/a -> 10.1.9.1 TCP/80")),
        onGrid(
            "NP-26 a finished pod has lost its address; a terminating one has not",
            s ->
                s.policy(
                        "y",
                        "in",
                        ingress("[{from: [{namespaceSelector: {matchLabels: {ns: x}}}]}]"))
                    .policy("x", "in", DENY_IN)
                    .apply(phase("job", "Running", "10.1.9.1", ""))
                    .allows("10.1.9.1 -> y/a TCP/80")
                    .denies("z/a -> 10.1.9.1 TCP/80")
                    .apply(phase("job", "Running", "10.1.9.1", "deletionTimestamp: now,"))
                    .allows("10.1.9.1 -> y/a TCP/80")
                    .denies("z/a -> 10.1.9.1 TCP/80")
                    .apply(phase("job", "Unknown", "10.1.9.1", ""))
                    .denies("z/a -> 10.1.9.1 TCP/80")
                    .apply(phase("job", "Succeeded", "10.1.9.1", ""))
                    .denies("10.1.9.1 -> y/a TCP/80")
                    .allows("z/a -> 10.1.9.1 TCP/80")
                    .apply(phase("job", "Failed", "10.1.9.1", ""))
                    .denies("10.1.9.1 -> y/a TCP/80")));
  }

  /** NP-27: the piece allows nothing, what is beside it still does, and isolation stays. */
  private static List<Case> invalid() {
    return List.of(
        peer("an empty peer", "{}"),
        peer("an ipBlock with a podSelector", "{podSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}"),
        peer(
            "an ipBlock with a namespaceSelector",
            "{namespaceSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}"),
        peer("a CIDR without length", "{ipBlock: {cidr: 10.1.2.1}}"),
        peer("a CIDR that is too long", "{ipBlock: {cidr: 10.1.2.1/33}}"),
        peer("an except nobody can read", "{ipBlock: {cidr: 10.0.0.0/8, except: [ten]}}"),
        peer("an IPv4 block in the notation of IPv6", "{ipBlock: {cidr: '::ffff:0.0.0.0/96'}}"),
        peer(
            "an except in the notation of the other family",
            "{ipBlock: {cidr: 10.0.0.0/8, except: ['::ffff:10.9.0.0/112']}}"),
        peer(
            "a label value nobody can have",
            "{podSelector: {matchLabels: {pod: not a value}}, namespaceSelector: {}}"),
        peer("an operator nobody knows", selector("{key: pod, operator: in, values: [a]}")),
        peer("In without values", selector("{key: pod, operator: In}")),
        peer("NotIn without values", selector("{key: pod, operator: NotIn}")),
        peer("Exists with values", selector("{key: pod, operator: Exists, values: [a]}")),
        peer(
            "DoesNotExist with values", selector("{key: no, operator: DoesNotExist, values: [a]}")),
        peer("a key nobody can have", selector("{key: a b, operator: DoesNotExist}")),
        peer(
            "a namespace selector nobody can read",
            "{namespaceSelector: {matchExpressions: [{key: ns, operator: NotIn}]}}"),
        port("endPort without port", "{endPort: 443}"),
        port("endPort beside a name", "{port: serve-80-tcp, endPort: 443}"),
        port("endPort below port", "{port: 443, endPort: 80}"),
        port("endPort beyond the last port", "{port: 80, endPort: 65536}"),
        port("port 0", "{port: 0}"),
        port("port 65536", "{port: 65536}"),
        port("a protocol in small letters", "{protocol: tcp, port: 80}"),
        port("a protocol nobody knows", "{protocol: ICMP}"),
        onGrid(
            "NP-27 a policy type nobody knows may be either direction",
            s ->
                s.policy("x", "p", "{podSelector: {}, policyTypes: [ingress]}")
                    .denies("y/a -> x/a TCP/80", "x/a -> y/a UDP/80")
                    .policy(
                        "x",
                        "p",
                        "{podSelector: {}, policyTypes: [Ingress, Both], egress: [{ports: [{}]}]}")
                    .denies("y/a -> x/a TCP/80", "x/a -> y/a UDP/80")
                    .allows("x/a -> y/a TCP/80")),
        onGrid(
            "NP-27 a podSelector nobody can read isolates the namespace and allows nothing",
            s ->
                s.policy(
                        "x",
                        "p",
                        """
                        podSelector: {matchExpressions: [{key: pod, operator: in, values: [a]}]}
                        ingress: [{}]
                        """)
                    .denies("y/a -> x/a TCP/80", "y/a -> x/b TCP/80")
                    .allows("x/a -> y/a TCP/80")));
  }

  private static String selector(String requirement) {
    return "{podSelector: {matchExpressions: [" + requirement + "]}, namespaceSelector: {}}";
  }

  private static Case peer(String name, String peer) {
    return onGrid(
        "NP-27 " + name,
        s ->
            s.policy("x", "alone", ingress("[{from: [" + peer + "]}]"))
                .denies("y/a -> x/a TCP/80", "x/b -> x/a TCP/80", "192.0.2.1 -> x/a TCP/80")
                .policy(
                    "x",
                    "alone",
                    ingress("[{from: [" + peer + ", {podSelector: {matchLabels: {pod: b}}}]}]"))
                .denies("y/a -> x/a TCP/80")
                .allows("x/b -> x/a TCP/80"));
  }

  private static Case port(String name, String port) {
    return onGrid(
        "NP-27 " + name,
        s ->
            s.policy("x", "alone", ingress("[{ports: [" + port + "]}]"))
                .denies("y/a -> x/a TCP/80", "y/a -> x/a TCP/443", "y/a -> x/a TCP/0")
                .denies("y/a -> x/a UDP/80", "y/a -> x/a ICMP")
                .policy("x", "alone", ingress("[{ports: [" + port + ", {port: 81}]}]"))
                .denies("y/a -> x/a TCP/80", "y/a -> x/a ICMP")
                .allows("y/a -> x/a TCP/81"));
  }

  private static List<Case> identity() {
    return List.of(
        onGrid(
            "NP-28 names that read alike when joined are still two pods",
            s ->
                s.namespace("a", Map.of())
                    .namespace("a-b", Map.of())
                    .apply(named("a", "b-c", "10.1.9.1", "{app: good}"))
                    .apply(named("a-b", "c", "10.1.9.2", "{app: bad}"))
                    .apply(named("a", "web-0", "10.1.9.3", "{app: good}"))
                    .apply(named("a", "web-1", "10.1.9.4", "{app: bad}"))
                    .policy(
                        "x",
                        "in",
                        ingress(
                            "[{from: [{namespaceSelector: {},"
                                + " podSelector: {matchLabels: {app: good}}}]}]"))
                    .allows("a/b-c -> x/a TCP/80", "a/web-0 -> x/a TCP/80")
                    .denies("a-b/c -> x/a TCP/80", "a/web-1 -> x/a TCP/80")),
        onGrid(
            "NP-28 a reused address has the new pod's labels",
            s ->
                s.policy("x", "in", ingress("[{from: [{podSelector: {matchLabels: {pod: b}}}]}]"))
                    .allows("10.1.1.2 -> x/a TCP/80")
                    .apply(phase("b", "Succeeded", "10.1.1.2", ""))
                    .apply(named("x", "other", "10.1.1.2", "{pod: other}"))
                    .denies("10.1.1.2 -> x/a TCP/80")),
        onGrid(
            "identity: virtual labels come from the service account, never from the pod",
            s ->
                s.apply(
                        """
                        kind: ServiceAccount
                        metadata:
                          namespace: x
                          name: payments
                          annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::123456789012:role/pay"}
                        """)
                    .apply(withAccount("real", "10.1.9.1", "payments", "{}"))
                    .apply(
                        withAccount(
                            "liar",
                            "10.1.9.2",
                            "default",
                            "{identity.merlon.io/iam-role: pay,"
                                + " identity.merlon.io/service-account: payments}"))
                    .policy(
                        "y", "in", ingress("[{from: [%s]}]".formatted(virtual("iam-role: pay"))))
                    .policy(
                        "z",
                        "in",
                        ingress("[{from: [%s]}]".formatted(virtual("aws-account: '123456789012'"))))
                    .allows("x/real -> y/a TCP/80", "x/real -> z/a TCP/80")
                    .denies("x/liar -> y/a TCP/80", "x/liar -> z/a TCP/80", "x/a -> y/a TCP/80")
                    .policy(
                        "y",
                        "in",
                        ingress("[{from: [%s]}]".formatted(virtual("service-account: payments"))))
                    .allows("x/real -> y/a TCP/80")
                    .denies("x/liar -> y/a TCP/80")),
        onGrid(
            "identity: a Pod Identity association gives the role, before any annotation",
            s ->
                s.apply(withAccount("p", "10.1.9.1", "payments", "{}"))
                    .apply(
                        """
                        kind: ServiceAccount
                        metadata:
                          namespace: x
                          name: payments
                          annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::123456789012:role/old"}
                        ---
                        kind: PodIdentityAssociation
                        metadata: {namespace: x, name: payments}
                        spec: {serviceAccount: payments, roleARN: "arn:aws:iam::123456789012:role/new"}
                        """)
                    .policy(
                        "y", "in", ingress("[{from: [%s]}]".formatted(virtual("iam-role: new"))))
                    .policy(
                        "z", "in", ingress("[{from: [%s]}]".formatted(virtual("iam-role: old"))))
                    .allows("x/p -> y/a TCP/80")
                    .denies("x/p -> z/a TCP/80")
                    .apply(
                        """
                        kind: PodIdentityAssociation
                        metadata: {namespace: x, name: payments}
                        spec: {serviceAccount: payments, roleARN: new}
                        """)
                    .denies("x/p -> y/a TCP/80", "x/p -> z/a TCP/80")),
        onGrid(
            "identity: a namespace cannot claim it either",
            s ->
                s.namespace("z", Map.of("identity.merlon.io/iam-role", "pay"))
                    .policy(
                        "x",
                        "in",
                        ingress(
                            "[{from: [{namespaceSelector:"
                                + " {matchLabels: {identity.merlon.io/iam-role: pay}}}]}]"))
                    .denies("z/a -> x/a TCP/80")));
  }

  private static String virtual(String label) {
    return "{namespaceSelector: {}, podSelector: {matchLabels: {identity.merlon.io/%s}}}"
        .formatted(label);
  }

  private static String named(String namespace, String name, String ip, String labels) {
    return """
    kind: Pod
    metadata: {namespace: %s, name: %s, labels: %s}
    spec: {nodeName: n3, containers: []}
    status: {phase: Running, podIPs: [{ip: %s}]}
    """
        .formatted(namespace, name, labels, ip);
  }

  private static String withAccount(String name, String ip, String account, String labels) {
    return """
    kind: Pod
    metadata: {namespace: x, name: %s, labels: %s}
    spec: {nodeName: n3, serviceAccountName: %s, containers: []}
    status: {phase: Running, podIPs: [{ip: %s}]}
    """
        .formatted(name, labels, account, ip);
  }

  static String phase(String name, String phase, String ip, String meta) {
    return """
    kind: Pod
    metadata: {%s namespace: x, name: %s, labels: {pod: %s}}
    spec: {nodeName: n2, containers: []}
    status: {phase: %s, podIPs: [{ip: %s}]}
    """
        .formatted(meta, name, name, phase, ip);
  }

  static String service(String addresses, int target) {
    return """
    kind: Service
    metadata: {namespace: y, name: s}
    spec: {clusterIPs: [172.20.0.1], ports: [{port: 80}]}
    ---
    kind: EndpointSlice
    metadata: {namespace: y, name: s-1, labels: {kubernetes.io/service-name: s}}
    addressType: IPv4
    ports: [{port: %d}]
    endpoints: [{addresses: %s, conditions: {ready: true, serving: true}}]
    """
        .formatted(target, addresses);
  }
}
