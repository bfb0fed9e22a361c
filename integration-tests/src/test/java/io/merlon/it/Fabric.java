package io.merlon.it;

import java.net.InetAddress;
import java.util.List;

/** What nodes' uplinks lead to: a router between the nodes, and hosts that are no pods. */
final class Fabric implements AutoCloseable {
  private final NetworkNamespace router = NetworkNamespace.create("fabric");

  Fabric() {
    router.sysctl("net/ipv4/ip_forward", "1");
    router.sysctl("net/ipv6/conf/all/forwarding", "1");
  }

  /** A node's own address. */
  static String address(int node) {
    return "192.168.%d.1".formatted(node);
  }

  static String address6(int node) {
    return "fd01:%d::1".formatted(node);
  }

  static InetAddress address(int node, boolean six) {
    return InetAddress.ofLiteral(six ? address6(node) : address(node));
  }

  /** Lays a node's uplink. */
  void connect(AgentNode node) {
    int number = node.number();
    String gateway = "192.168.%d.2".formatted(number);
    String gateway6 = "fd01:%d::2".formatted(number);
    Wire.connect(
        new Wire.End(
            node.network().node(),
            "up0",
            1500,
            List.of(address(number) + "/24", address6(number) + "/64")),
        new Wire.End(router, "to" + number, 1500, List.of(gateway + "/24", gateway6 + "/64")));
    node.network()
        .node()
        .configure("route add default via " + gateway, "route add default via " + gateway6);
    router.configure(
        "route add %s via %s".formatted(node.network().prefix4(), address(number)),
        "route add %s via %s".formatted(node.network().prefix6(), address6(number)));
  }

  /** The router, which is also a host beyond the uplinks. */
  NetworkNamespace outside() {
    return router;
  }

  /** An address of the outside's, on the way to a node. */
  static InetAddress outside(int node, boolean six) {
    return InetAddress.ofLiteral(
        six ? "fd01:%d::2".formatted(node) : "192.168.%d.2".formatted(node));
  }

  @Override
  public void close() {
    router.close();
  }
}
