package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.it.Client.Outcome;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The way to the instance metadata service, where one answers beyond the node's uplink. */
class MetadataGuardAgentTest {
  private static final int PORT = 80;

  private static final String METADATA = "169.254.169.254";
  private static final String METADATA6 = "fd00:ec2::254";
  private static final String POD_IDENTITY = "169.254.170.23";
  private static final String POD_IDENTITY6 = "fd00:ec2::23";

  private static final String ALLOW_ALL =
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: NAME, namespace: shop}
      spec: {podSelector: {}, policyTypes: [Egress], egress: [RULE]}
      """;

  private static final String ROLE =
      """
      apiVersion: v1
      kind: ServiceAccount
      metadata:
        name: default
        namespace: roles
        annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::123456789012:role/shop"}
      """;

  @Test
  void isClosedForAllPodsButTheExempt() {
    try (AgentNode node = new AgentNode("--metadata-guard=all-pods");
        NetworkNamespace cloud = cloud(node.network())) {
      node.namespace("shop", "", "");
      node.write("allow-all", ALLOW_ALL.replace("NAME", "allow-all").replace("RULE", "{}"));
      Pod plain = node.pod("shop", "plain", "app: plain");
      Pod exempt = exempt(node, "shop");
      node.agent().start();
      for (String address : List.of(METADATA, METADATA6)) {
        try (EchoServer service = serve(cloud, address)) {
          assertEquals(Outcome.ANSWERED, Expect.patient(exempt).tcp(service.address()), address);
          assertEquals(Outcome.SILENT, Expect.hasty(plain).tcp(service.address()), address);
        }
      }
      denialsSayWhy(node, plain, "MetadataGuard all-pods");
      node.delete("allow-all");
      node.write("deny-all", ALLOW_ALL.replace("NAME", "deny-all").replace("RULE", ""));
      for (String address : List.of(POD_IDENTITY, POD_IDENTITY6)) {
        try (EchoServer agent = serve(cloud, address)) {
          assertEquals(Outcome.ANSWERED, Expect.patient(plain).tcp(agent.address()), address);
        }
      }
      try (EchoServer service = serve(cloud, METADATA)) {
        Await.until(
            "deny-all is enforced",
            Expect.PATIENT,
            () -> Expect.hasty(exempt).tcp(service.address()) == Outcome.SILENT);
      }
    }
  }

  @Test
  void isClosedForPodsWithARoleAlone() {
    try (AgentNode node = new AgentNode("--metadata-guard=pods-with-role");
        NetworkNamespace cloud = cloud(node.network())) {
      node.namespace("shop", "", "");
      node.namespace("roles", "", "");
      node.write("role", ROLE);
      Pod plain = node.pod("shop", "plain", "app: plain");
      Pod roled = node.pod("roles", "roled", "app: roled");
      Pod exempt = exempt(node, "roles");
      node.agent().start();
      for (String address : List.of(METADATA, METADATA6)) {
        try (EchoServer service = serve(cloud, address)) {
          assertEquals(Outcome.ANSWERED, Expect.patient(plain).tcp(service.address()), address);
          assertEquals(Outcome.ANSWERED, Expect.patient(exempt).tcp(service.address()), address);
          assertEquals(Outcome.SILENT, Expect.hasty(roled).tcp(service.address()), address);
        }
      }
      for (String address : List.of(POD_IDENTITY, POD_IDENTITY6)) {
        try (EchoServer agent = serve(cloud, address)) {
          assertEquals(Outcome.ANSWERED, Expect.patient(roled).tcp(agent.address()), address);
        }
      }
      denialsSayWhy(node, roled, "MetadataGuard pods-with-role");
      node.delete("role");
      try (EchoServer service = serve(cloud, METADATA)) {
        Expect.reachable(roled, service.address());
      }
    }
  }

  private static Pod exempt(AgentNode node, String namespace) {
    Pod exempt = node.pod(namespace, "exempt", "app: exempt");
    node.describe(namespace, "exempt", "app: exempt", "merlon.io/metadata-guard: exempt");
    return exempt;
  }

  /**
   * Every packet the pod was denied is in the one series that names the guard; so are its flows.
   */
  private static void denialsSayWhy(AgentNode node, Pod pod, String policy) {
    String why =
        "policy=\"%s\",reason=\"metadata-guard\",rule=\"instance-metadata\"".formatted(policy);
    try (PinnedState state = node.state()) {
      long denied = state.denied(pod);
      assertTrue(denied >= 2, denied + " denied");
      List<String> series =
          node.agent()
              .get("/metrics")
              .lines()
              .filter(line -> line.startsWith("merlon_packets_total{"))
              .filter(line -> line.contains("verdict=\"denied\""))
              .toList();
      assertEquals(1, series.size(), series::toString);
      assertTrue(series.getFirst().contains(why), series::toString);
      assertEquals(denied, Math.round(value(series.getFirst())), series::toString);
    }
    Await.until(
        "the denial is told with its reason",
        Expect.PATIENT,
        () ->
            node.agent()
                .get("/v1/flows")
                .lines()
                .anyMatch(flow ->
                    flow.contains("\"reason\":\"metadata-guard\"")
                        && flow.contains("\"policy\":\"" + policy + "\"")
                        && flow.contains("\"rule\":\"instance-metadata\"")));
  }

  private static double value(String series) {
    return Double.parseDouble(series.substring(series.lastIndexOf(' ') + 1));
  }

  /** What is beyond the uplink and answers at the well-known addresses. */
  private static NetworkNamespace cloud(PodNetwork network) {
    NetworkNamespace cloud = NetworkNamespace.create("cloud");
    Wire.connect(
        new Wire.End(network.node(), "up0", 1500, List.of("192.168.1.1/24", "fd01:1::1/64")),
        new Wire.End(
            cloud,
            "eth0",
            1500,
            List.of(
                "192.168.1.2/24",
                "fd01:1::2/64",
                METADATA + "/32",
                METADATA6 + "/128",
                POD_IDENTITY + "/32",
                POD_IDENTITY6 + "/128")));
    cloud.configure(
        "route add %s via 192.168.1.1".formatted(network.prefix4()),
        "route add %s via fd01:1::1".formatted(network.prefix6()));
    network
        .node()
        .configure("route add default via 192.168.1.2", "route add default via fd01:1::2");
    return cloud;
  }

  private static EchoServer serve(NetworkNamespace cloud, String address) {
    InetSocketAddress at = new InetSocketAddress(InetAddress.ofLiteral(address), PORT);
    return EchoServer.start(cloud, at.getAddress(), at.getPort());
  }
}
