package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

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

  @Test
  void isClosedForAllPodsButTheExempt() {
    try (AgentNode node = new AgentNode("--metadata-guard=all-pods");
        NetworkNamespace cloud = cloud(node.network())) {
      node.namespace("shop", "", "");
      node.write("allow-all", ALLOW_ALL.replace("NAME", "allow-all").replace("RULE", "{}"));
      Pod plain = node.pod("shop", "plain", "app: plain");
      Pod exempt = node.pod("shop", "exempt", "app: exempt");
      node.describe("shop", "exempt", "app: exempt", "merlon.io/metadata-guard: exempt");
      node.agent().start();
      for (String address : List.of(METADATA, METADATA6)) {
        try (EchoServer service = serve(cloud, address)) {
          assertEquals(Outcome.ANSWERED, Expect.patient(exempt).tcp(service.address()), address);
          assertEquals(Outcome.SILENT, Expect.hasty(plain).tcp(service.address()), address);
        }
      }
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
