package io.merlon.agent.lab;

import io.merlon.agent.identity.Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What nodes are connected by: a router that knows behind which node each address is, as a VPC
 * does. Neighbours are entered, not asked for: nobody's first packet waits.
 */
final class Fabric implements AutoCloseable {
  private static final String NAME = "@fabric";
  static final String GATEWAY4 = "169.254.1.1";
  static final String GATEWAY6 = "fe80::1";

  private final LabNamespace router;

  Fabric() {
    this.router = LabNamespace.create(NAME);
    router.forward();
  }

  /** Gives a node its uplink, {@code eth0}. */
  void connect(LabNamespace node, int number) {
    String device = device(number);
    router.ip(
        "link add %s address %s type veth peer name eth0 address %s netns %s"
            .formatted(device, routerMac(number), nodeMac(number), node.name()),
        "link set " + device + " up");
    List<String> commands = new ArrayList<>(List.of("link set eth0 up"));
    commands.addAll(gateways(routerMac(number)));
    node.ip(commands);
  }

  /** Default routes by gateways that nobody owns, as the VPC CNI gives them to pods. */
  static List<String> gateways(String mac) {
    return List.of(
        "route add " + GATEWAY4 + " dev eth0 scope link",
        "route add default via " + GATEWAY4 + " dev eth0",
        "neighbour add " + GATEWAY4 + " lladdr " + mac + " dev eth0 nud permanent",
        "route add default via " + GATEWAY6 + " dev eth0",
        "neighbour add " + GATEWAY6 + " lladdr " + mac + " dev eth0 nud permanent");
  }

  /** From now on the addresses are behind a node. */
  void add(Collection<Address> addresses, int number) {
    List<String> commands = new ArrayList<>();
    for (Address address : addresses) {
      commands.add("route replace %s dev %s".formatted(single(address), device(number)));
      commands.add(
          "neighbour replace %s lladdr %s dev %s nud permanent"
              .formatted(address, nodeMac(number), device(number)));
    }
    router.ip(commands);
  }

  void remove(Collection<Address> addresses, int number) {
    List<String> commands = new ArrayList<>();
    for (Address address : addresses) {
      commands.add("route del %s dev %s".formatted(single(address), device(number)));
      commands.add("neighbour del %s dev %s".formatted(address, device(number)));
    }
    router.ip(commands);
  }

  void disconnect(int number) {
    router.ip("link del " + device(number));
  }

  /** An address as a prefix of its own. */
  static String single(Address address) {
    return address + "/" + address.bits();
  }

  private static String device(int number) {
    return "node" + number;
  }

  private static String routerMac(int number) {
    return "0a:58:01:00:%02x:%02x".formatted(number >> 8, number & 0xff);
  }

  private static String nodeMac(int number) {
    return "0a:58:02:00:%02x:%02x".formatted(number >> 8, number & 0xff);
  }

  @Override
  public void close() {
    router.close();
  }
}
