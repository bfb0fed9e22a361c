package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.it.Client.Outcome;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Services whose backends are alike, or are not, on this node and on another; nodes translate their
 * addresses as kube-proxy does, taking turns. The policy of both services' client knows backends by
 * their labels and their target port only.
 */
class ServiceAgentTest {
  private static final int PORT = 80;
  private static final int ATTEMPTS = 6;

  private final ClusterFolder cluster = new ClusterFolder();
  private final Fabric fabric = new Fabric();
  private final AgentNode here = new AgentNode(cluster, 1);
  private final AgentNode there = new AgentNode(cluster, 2);
  private final Pod client;

  ServiceAgentTest() {
    fabric.connect(here);
    fabric.connect(there);
    cluster.namespace("shop", "name: shop", "");
    cluster.write(
        "client",
        Mission.policy(
            "shop",
            "client",
            """
            podSelector: {matchLabels: {app: client}}, policyTypes: [Egress], egress: [{
              to: [{podSelector: {matchLabels: {app: good}}}],
              ports: [{protocol: TCP, port: %d}]}]\
            """
                .formatted(Mission.PORT)));
    // Of backends' own egress nothing is asked: a mark that reached another node would ask.
    cluster.write(
        "backends",
        Mission.policy(
            "shop",
            "backends",
            "podSelector: {matchExpressions: [{key: app, operator: In, values: [good, bad]}]}, policyTypes: [Egress]"));
    client = here.pod("shop", "client", "app: client");
  }

  @AfterEach
  void close() {
    try (cluster;
        fabric) {
      there.close();
    } finally {
      here.close();
    }
  }

  private static InetAddress virtual(int number, boolean six) {
    return InetAddress.ofLiteral((six ? "fd96::" : "10.96.0.") + number);
  }

  /** Tells the cluster of a service of these backends, and the node's own proxy too. */
  private void service(int number, boolean six, List<Pod> backends) {
    String name = "service-%d-%d".formatted(number, six ? 6 : 4);
    cluster.write(
        name,
        """
        apiVersion: v1
        kind: Service
        metadata: {name: %1$s, namespace: shop}
        spec:
          clusterIP: "%2$s"
          clusterIPs: ["%2$s"]
          ports: [{name: http, port: %3$d, targetPort: %4$d, protocol: TCP}]
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: %1$s, namespace: shop, labels: {kubernetes.io/service-name: %1$s}}
        addressType: %5$s
        endpoints: [%6$s]
        ports: [{name: http, port: %4$d, protocol: TCP}]
        """
            .formatted(
                name,
                virtual(number, six).getHostAddress(),
                PORT,
                Mission.PORT,
                six ? "IPv6" : "IPv4",
                backends.stream()
                    .map(pod ->
                        "{addresses: [\"%s\"], conditions: {ready: true}}"
                            .formatted(pod.address(six).getHostAddress()))
                    .collect(Collectors.joining(", "))));
    proxy(virtual(number, six), six, backends);
  }

  private void proxy(InetAddress address, boolean six, List<Pod> backends) {
    String turns =
        IntStream.range(0, backends.size())
            .mapToObj(i ->
                "%d : %s . %d"
                    .formatted(i, backends.get(i).address(six).getHostAddress(), Mission.PORT))
            .collect(Collectors.joining(", "));
    here.network()
        .node()
        .execute(
            "nft",
            """
            add table %1$s proxy;\
             add chain %1$s proxy pre { type nat hook prerouting priority -100; };\
             add rule %1$s proxy pre %1$s daddr %2$s tcp dport %3$d \
            dnat to numgen inc mod %4$d map { %5$s }\
            """
                .formatted(
                    six ? "ip6" : "ip", address.getHostAddress(), PORT, backends.size(), turns));
  }

  /**
   * How many of some connections to a service were answered.
   *
   * @param allowed which of its backends may be reached; they take turns, and those deserve
   *     patience
   */
  private int answered(int number, boolean six, boolean... allowed) {
    InetSocketAddress service = Expect.at(virtual(number, six), PORT);
    Client hasty = Expect.hasty(client);
    Client patient = Expect.patient(client);
    return (int)
        IntStream.range(0, ATTEMPTS)
            .mapToObj(i -> (allowed[i % allowed.length] ? patient : hasty).tcp(service))
            .filter(Outcome.ANSWERED::equals)
            .count();
  }

  private void likeAndUnlikeBackends(AgentNode node) {
    Pod good = node.pod("shop", "good", "app: good");
    Pod too = node.pod("shop", "too", "app: good");
    Pod bad = node.pod("shop", "bad", "app: bad");
    for (boolean six : new boolean[] {false, true}) {
      service(1, six, List.of(good, too));
      service(2, six, List.of(good, bad));
      service(3, six, List.of(bad));
    }
    here.agent().start();
    there.agent().start();
    for (boolean six : new boolean[] {false, true}) {
      try (EchoServer one = Expect.serve(good, six, Mission.PORT);
          EchoServer two = Expect.serve(too, six, Mission.PORT);
          EchoServer forbidden = Expect.serve(bad, six, Mission.PORT);
          PinnedState state = here.state()) {
        long before = state.dropped(client);
        assertEquals(ATTEMPTS, answered(1, six, true));
        assertEquals(ATTEMPTS, one.accepted() + two.accepted());
        assertEquals(before, state.dropped(client));
        assertEquals(ATTEMPTS / 2, answered(2, six, true, false));
        long unlike = state.denied(client);
        assertTrue(unlike >= before + ATTEMPTS / 2, unlike + " after " + before);
        assertEquals(0, answered(3, six, false));
        assertTrue(state.denied(client) >= unlike + ATTEMPTS);
        assertEquals(0, forbidden.accepted());
      }
    }
  }

  @Test
  void backendsHere() {
    likeAndUnlikeBackends(here);
  }

  @Test
  void backendsThere() {
    likeAndUnlikeBackends(there);
  }
}
