package io.merlon.agent.oracle;

import static io.merlon.agent.oracle.Case.onGrid;
import static io.merlon.agent.oracle.SemanticsAddressCases.pod;
import static io.merlon.agent.oracle.SemanticsRuleCases.egress;
import static io.merlon.agent.oracle.SemanticsRuleCases.ingress;
import static io.merlon.agent.oracle.SemanticsStateCases.phase;
import static io.merlon.agent.oracle.SemanticsStateCases.service;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.agent.api.ClusterEvent.Kind;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The list "Nasty ones, given / expect", as far as a verdict can say it. */
final class NastyCases {
  private NastyCases() {}

  static List<Case> all() {
    return List.of(
        onGrid(
            "nasty: policyTypes absent, egress [] / egress open, ingress isolated",
            s ->
                s.policy("x", "p", "{podSelector: {}, egress: []}")
                    .allows("x/a -> y/a TCP/80")
                    .denies("y/a -> x/a TCP/80")),
        onGrid(
            "nasty: [Ingress] with egress rules present / egress rules ignored",
            s ->
                s.policy(
                        "x",
                        "p",
                        "{podSelector: {}, policyTypes: [Ingress], egress: [{ports: [{port: 80}]}]}")
                    .allows("x/a -> y/a TCP/81", "x/a -> y/a ICMP")
                    .denies("y/a -> x/a TCP/80")),
        onGrid(
            "nasty: peer NotIn, label absent / matches",
            s ->
                s.policy(
                        "x",
                        "p",
                        ingress(
                            "[{from: [{podSelector: {matchExpressions:"
                                + " [{key: absent, operator: NotIn, values: [v]}]}}]}]"))
                    .allows("x/b -> x/a TCP/80")
                    .denies("y/b -> x/a TCP/80")),
        onGrid(
            "nasty: 10.0.0.0/8 except 10.1.0.0/16, second rule 10.1.2.0/24:443",
            s ->
                s.policy(
                        "x",
                        "p",
                        egress(
                            """
                            [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]},
                             {to: [{ipBlock: {cidr: 10.1.2.0/24}}], ports: [{port: 443}]}]\
                            """))
                    .allows("x/a -> 10.1.2.3 TCP/443", "x/a -> 10.2.0.1 TCP/80")
                    .denies("x/a -> 10.1.2.3 TCP/80", "x/a -> 10.1.3.3 TCP/443")),
        onGrid(
            "nasty: one policy's except inside another's allow-all block / allowed",
            s ->
                s.policy(
                        "x",
                        "p",
                        egress("[{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.1.2.0/24]}}]}]"))
                    .denies("x/a -> y/a TCP/80")
                    .policy("x", "q", egress("[{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}]"))
                    .allows("x/a -> y/a TCP/80")),
        onGrid(
            "nasty: /16 on port 80, nested /24 on 443 / the /24 gets both",
            s ->
                s.policy(
                        "x",
                        "p",
                        egress(
                            """
                            [{to: [{ipBlock: {cidr: 10.1.0.0/16}}], ports: [{port: 80}]},
                             {to: [{ipBlock: {cidr: 10.1.2.0/24}}], ports: [{port: 443}]}]\
                            """))
                    .allows("x/a -> 10.1.2.9 TCP/80", "x/a -> 10.1.2.9 TCP/443")
                    .allows("x/a -> 10.1.3.9 TCP/80")
                    .denies("x/a -> 10.1.3.9 TCP/443", "x/a -> 10.1.2.9 TCP/81")),
        onGrid(
            "nasty: 10.161.0.0/8 and 10.0.0.0/8 with different ports / union",
            s ->
                s.policy(
                        "x",
                        "p",
                        egress(
                            """
                            [{to: [{ipBlock: {cidr: 10.161.0.0/8}}], ports: [{port: 80}]},
                             {to: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: 443}]}]\
                            """))
                    .allows("x/a -> y/a TCP/80", "x/a -> y/a TCP/443", "x/a -> 10.9.9.9 TCP/80")
                    .denies("x/a -> y/a TCP/81", "x/a -> 11.0.0.1 TCP/80")),
        onGrid(
            "nasty: port name http is 80 on one pod, 8080 on another / each its own only",
            s ->
                s.apply(pod("one", "10.1.9.1", "{name: http, containerPort: 80}"))
                    .apply(pod("two", "10.1.9.2", "{name: http, containerPort: 8080}"))
                    .policy("x", "p", ingress("[{ports: [{port: http}]}]"))
                    .allows("y/a -> x/one TCP/80", "y/a -> x/two TCP/8080")
                    .denies("y/a -> x/one TCP/8080", "y/a -> x/two TCP/80")),
        onGrid("nasty: 30 ports on one CIDR, 500 ports on one peer", NastyCases::manyPorts),
        onGrid(
            "nasty: endPort 65535 / 65535 allowed",
            s ->
                s.policy("x", "p", ingress("[{ports: [{port: 32768, endPort: 65535}]}]"))
                    .allows("y/a -> x/a TCP/65535", "y/a -> x/a TCP/32768")
                    .denies("y/a -> x/a TCP/32767")),
        onGrid(
            "nasty: an egress-deny-all pod receives an allowed connection",
            s ->
                s.policy("x", "p", "{podSelector: {}, policyTypes: [Egress]}")
                    .allows("y/a -> x/a TCP/80")
                    .denies("x/a -> y/a TCP/80")),
        onGrid(
            "nasty: a completed pod's address reused by a pod with other labels",
            s ->
                s.policy("x", "p", ingress("[{from: [{podSelector: {matchLabels: {pod: job}}}]}]"))
                    .apply(phase("job", "Running", "10.1.9.1", ""))
                    .allows("10.1.9.1 -> x/a TCP/80")
                    .apply(phase("job", "Succeeded", "10.1.9.1", ""))
                    .apply(phase("next", "Running", "10.1.9.1", ""))
                    .denies("10.1.9.1 -> x/a TCP/80")),
        onGrid(
            "nasty: service port 80 to 8080 on some backends, egress rule on 80",
            s -> {
              s.apply(service("[10.1.2.1]", 80))
                  .apply(
                      """
                      kind: EndpointSlice
                      metadata: {namespace: y, name: s-2, labels: {kubernetes.io/service-name: s}}
                      addressType: IPv4
                      ports: [{port: 8080}]
                      endpoints: [{addresses: [10.1.2.2], conditions: {ready: true, serving: true}}]
                      """)
                  .policy("x", "p", egress("[{ports: [{port: 80}]}]"))
                  .allows("x/a -> 10.1.2.1 TCP/80")
                  .denies("x/a -> 10.1.2.2 TCP/8080");
              assertEquals(Set.of(true, false), s.byBackend("x/a -> 172.20.0.1 TCP/80"));
            }),
        onGrid(
            "nasty: two policies, one deleted while the agent is down",
            s ->
                s.policy("x", "p", ingress("[{ports: [{port: 80}]}]"))
                    .policy("x", "q", ingress("[{ports: [{port: 81}]}]"))
                    .allows("y/a -> x/a TCP/80", "y/a -> x/a TCP/81")
                    .remove(Kind.NETWORK_POLICY, "x", "q")
                    .allows("y/a -> x/a TCP/80")
                    .denies("y/a -> x/a TCP/81")));
  }

  /** Every second port, so that no range can stand for several. */
  private static void manyPorts(Scene s) {
    s.policy(
            "x",
            "p",
            egress("[{to: [{ipBlock: {cidr: 10.1.2.0/24}}], ports: [%s]}]".formatted(ports(30))))
        .policy(
            "y", "p", ingress("[{from: [{podSelector: {}}], ports: [%s]}]".formatted(ports(500))));
    for (int i = 0; i < 500; i++) {
      int port = 1001 + 2 * i;
      s.allows("y/b -> y/a TCP/" + port).denies("y/b -> y/a TCP/" + (port + 1));
      assertEquals(i < 30, s.verdicts("x/a -> 10.1.2.200 TCP/" + port).allowed(), "port " + port);
    }
  }

  private static String ports(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "{port: " + (1001 + 2 * i) + "}")
        .collect(Collectors.joining(", "));
  }
}
