package io.merlon.it;

import java.util.List;

/** What a namespace's own network stack has counted. */
record Statistics(NetworkNamespace namespace) {
  /** A counter of /proc/net/snmp, such as {@code Tcp OutSegs}. */
  long snmp(String protocol, String name) {
    return table("snmp", protocol, name);
  }

  /** A counter of /proc/net/netstat, such as {@code TcpExt TCPSynRetrans}. */
  long netstat(String protocol, String name) {
    return table("netstat", protocol, name);
  }

  private long table(String file, String protocol, String name) {
    return of(namespace.procNet(file), protocol, name);
  }

  /** A counter of such a file's lines. */
  static long of(List<String> file, String protocol, String name) {
    List<List<String>> lines =
        file.stream()
            .filter(line -> line.startsWith(protocol + ": "))
            .map(line -> List.of(line.split(" ", -1)))
            .toList();
    return Long.parseLong(lines.get(1).get(lines.get(0).indexOf(name)));
  }

  /** A counter of /proc/net/snmp6, such as {@code Ip6FragCreates}. */
  long snmp6(String name) {
    return namespace.procNet("snmp6").stream()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "\t"))
        .mapToLong(line -> Long.parseLong(line.split("\\s+", -1)[1]))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no " + name));
  }

  long fragmentsSent(boolean six) {
    return six ? snmp6("Ip6FragCreates") : snmp("Ip", "FragCreates");
  }

  long fragmentsReceived(boolean six) {
    return six ? snmp6("Ip6ReasmReqds") : snmp("Ip", "ReasmReqds");
  }

  /** TCP segments handed to the network, each segment of an offloaded frame counted. */
  long segmentsSent() {
    return snmp("Tcp", "OutSegs") + snmp("Tcp", "RetransSegs");
  }

  long badChecksums() {
    return snmp("Tcp", "InCsumErrors") + snmp("Udp", "InCsumErrors") + snmp6("Udp6InCsumErrors");
  }
}
