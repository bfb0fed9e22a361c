package io.merlon.datapath.fuzz;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Cidr;
import io.merlon.datapath.harness.Family;
import java.util.List;
import java.util.random.RandomGenerator;

/** The few addresses and ports everything random is made of, so that packets meet. */
final class Neighbourhood {
  static final int[] PORTS = {0, 1, 53, 79, 80, 81, 443, 8080, 65534, 65535};
  static final int CLASSES = 6;

  private static final List<Address> PODS_4 = range("10.0.1.10", 6);
  private static final List<Address> PODS_6 = range("fd00:1::10", 6);
  private static final List<Address> PEERS_4 = range("10.0.2.1", 6);
  private static final List<Address> PEERS_6 = range("fd00:2::1", 6);
  private static final List<Address> SERVICES_4 = range("172.20.0.10", 3);
  private static final List<Address> SERVICES_6 = range("fd00:ffff::10", 3);
  private static final List<Address> OTHERS_4 =
      List.of(Address.of("224.0.0.251"), Address.of("255.255.255.255"), Address.of("0.0.0.0"));
  private static final List<Address> OTHERS_6 =
      List.of(
          Address.of("ff02::fb"), Address.of("fe80::1"), Address.of("::"), Address.of("ff02::1:2"));
  private static final List<Cidr> CIDRS =
      List.of(
          Cidr.of("10.0.0.0/8"),
          Cidr.of("10.0.2.0/30"),
          Cidr.of("0.0.0.0/0"),
          Cidr.of("10.0.2.2/32"),
          Cidr.of("fd00::/8"),
          Cidr.of("fd00:2::/127"),
          Cidr.of("::/0"),
          Cidr.of("fd00:2::3/128"));

  private final RandomGenerator random;

  Neighbourhood(RandomGenerator random) {
    this.random = random;
  }

  private static List<Address> range(String first, int count) {
    Address start = Address.of(first);
    return java.util.stream.IntStream.range(0, count).mapToObj(start::plus).toList();
  }

  <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  Family family() {
    return random.nextBoolean() ? Family.V4 : Family.V6;
  }

  int port() {
    return PORTS[random.nextInt(PORTS.length)];
  }

  /** The addresses that pods may own; which pod owns which is for the endpoints to say. */
  List<Address> pods(Family family) {
    return family == Family.V4 ? PODS_4 : PODS_6;
  }

  List<Address> peers(Family family) {
    return family == Family.V4 ? PEERS_4 : PEERS_6;
  }

  List<Address> services(Family family) {
    return family == Family.V4 ? SERVICES_4 : SERVICES_6;
  }

  /** Mostly a plain peer; now and then a service, another pod, or an address of a special kind. */
  Address peer(Family family) {
    return switch (random.nextInt(10)) {
      case 0, 1 -> any(services(family));
      case 2 -> any(pods(family));
      case 3 -> any(family == Family.V4 ? OTHERS_4 : OTHERS_6);
      default -> any(peers(family));
    };
  }

  /** Mostly one of the first addresses; so that most packets are not spoofed, by line. */
  Address pod(Family family, int line) {
    List<Address> all = pods(family);
    return random.nextInt(12) == 0 ? peer(family) : all.get(line % all.size());
  }

  Cidr cidr() {
    return any(CIDRS);
  }
}
