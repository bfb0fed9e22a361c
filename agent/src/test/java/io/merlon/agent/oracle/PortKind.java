package io.merlon.agent.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One way to write a port, and which it means on the grid, where every pod has the same.
 *
 * @param yaml an element of a {@code ports} list
 * @param protocol the protocol it is for
 * @param first the first port meant; none if it is above {@code last}
 */
record PortKind(String yaml, Protocol protocol, int first, int last) {
  static final PortKind TCP_80 = number(Protocol.TCP, "{protocol: TCP, port: 80}", 80);
  static final PortKind TCP_53 = number(Protocol.TCP, "{protocol: TCP, port: 53}", 53);
  static final PortKind UDP_53 = number(Protocol.UDP, "{protocol: UDP, port: 53}", 53);
  static final PortKind UDP_81_BY_NAME =
      number(Protocol.UDP, "{protocol: UDP, port: serve-81-udp}", 81);

  boolean fits(Protocol asked, int port) {
    return asked == protocol && first <= port && port <= last;
  }

  private static PortKind number(Protocol protocol, String yaml, int port) {
    return new PortKind(yaml, protocol, port, port);
  }

  private static PortKind nothing(String yaml) {
    return new PortKind(yaml, Protocol.TCP, 1, 0);
  }

  /** Four protocols by three ports, six names, six ranges, three that mean nothing served. */
  static List<PortKind> singles() {
    List<PortKind> kinds = new ArrayList<>();
    kinds.add(new PortKind("{}", Protocol.TCP, 0, 65535));
    kinds.add(number(Protocol.TCP, "{port: 80}", 80));
    kinds.add(number(Protocol.TCP, "{port: 81}", 81));
    for (Protocol p : List.of(Protocol.TCP, Protocol.UDP, Protocol.SCTP)) {
      kinds.add(new PortKind("{protocol: " + p + "}", p, 0, 65535));
      for (int port : List.of(80, 81)) {
        kinds.add(number(p, "{protocol: " + p + ", port: " + port + "}", port));
        String name = "serve-" + port + "-" + p.name().toLowerCase(Locale.ROOT);
        kinds.add(number(p, "{protocol: " + p + ", port: " + name + "}", port));
      }
      kinds.add(new PortKind("{protocol: " + p + ", port: 53, endPort: 80}", p, 53, 80));
      kinds.add(new PortKind("{protocol: " + p + ", port: 53, endPort: 84}", p, 53, 84));
    }
    kinds.add(nothing("{protocol: TCP, port: serve-81-udp}"));
    kinds.add(nothing("{protocol: TCP, port: serve-7981-udp}"));
    kinds.add(number(Protocol.TCP, "{protocol: TCP, port: 7981}", 7981));
    return kinds;
  }

  static List<List<PortKind>> pairs() {
    PortKind any = new PortKind("{}", Protocol.TCP, 0, 65535);
    PortKind eighty = number(Protocol.TCP, "{port: 80}", 80);
    PortKind udp80 = number(Protocol.UDP, "{protocol: UDP, port: 80}", 80);
    return List.of(
        List.of(any, eighty),
        List.of(any, number(Protocol.TCP, "{port: serve-80-tcp}", 80)),
        List.of(any, new PortKind("{protocol: UDP}", Protocol.UDP, 0, 65535)),
        List.of(eighty, number(Protocol.TCP, "{port: 81}", 81)),
        List.of(eighty, number(Protocol.TCP, "{port: serve-81-tcp}", 81)),
        List.of(eighty, UDP_81_BY_NAME),
        List.of(udp80, UDP_81_BY_NAME));
  }
}
