package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.it.Client.Outcome;
import io.merlon.it.PodPolicy.Allow;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets that do not fit: errors that say so must arrive, and fragments share one verdict. */
@ParameterizedClass
@ArgumentsSource(Nodes.class)
record MtuTrafficTest(EnforcedNode node) {
  private static final int PORT = 80;
  private static final int NARROW = 1300;
  private static final long BYTES = 4_000_000;
  private static final int LARGE = 4000;

  /** A host behind a router whose link to it is narrow; no address of theirs is known. */
  private NetworkNamespace far() {
    NetworkNamespace router = node.outside();
    NetworkNamespace far = node.further("far");
    Wire.connect(
        new Wire.End(router, "narrow", NARROW, List.of("192.168.2.1/24", "fd02::1/64")),
        new Wire.End(far, "eth0", 1500, List.of("192.168.2.2/24", "fd02::2/64")));
    router.sysctl("net/ipv4/ip_forward", "1");
    router.sysctl("net/ipv6/conf/all/forwarding", "1");
    far.configure("route add default via 192.168.2.1", "route add default via fd02::1");
    node.namespace()
        .configure("route add 192.168.2.0/24 via 192.168.1.2", "route add fd02::/64 via fd01::2");
    return far;
  }

  private static InetSocketAddress at(InetAddress address) {
    return new InetSocketAddress(address, PORT);
  }

  @Test
  void podsLearnThePathsMtu() throws IOException {
    Allow web = Allow.tcp(EnforcedNode.OUTSIDE, PORT);
    Pod client = node.pod("client", PodPolicy.closed().onlyTo(web));
    Pod server = node.pod("server", PodPolicy.closed().onlyFrom(web));
    NetworkNamespace far = far();
    long before = node.denials();
    for (boolean six : new boolean[] {false, true}) {
      InetAddress there = InetAddress.ofLiteral(six ? "fd02::2" : "192.168.2.2");
      InetAddress here = server.address(six);
      assertTrue(new Transfer(client.namespace(), far, at(there), false).run(BYTES).intact());
      assertTrue(new Transfer(far, server.namespace(), at(here), true).run(BYTES).intact());
      for (Pod pod : List.of(client, server)) {
        String route = pod.namespace().execute("ip", "route", "get", there.getHostAddress());
        assertTrue(route.contains("mtu " + NARROW), route);
      }
    }
    assertEquals(before, node.denials());
  }

  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void fragmentsShareTheirDatagramsVerdict(boolean six) {
    Pod dns = node.pod("dns", PodPolicy.open());
    Pod shop = node.pod("shop", PodPolicy.open().onlyTo(Allow.udp(node.number(dns), 53)));
    Client client = Expect.hasty(shop);
    Client patient = Expect.patient(shop);
    Statistics sender = new Statistics(shop.namespace());
    Statistics receiver = new Statistics(dns.namespace());
    try (EchoServer good = EchoServer.start(dns.namespace(), dns.address(six), 53);
        EchoServer bad = EchoServer.start(dns.namespace(), dns.address(six), 54)) {
      long sent = sender.fragmentsSent(six);
      assertEquals(Outcome.ANSWERED, patient.udp(good.address(), LARGE));
      assertEquals(sent + 3, sender.fragmentsSent(six));
      deniedFragments(client, bad, receiver, six);

      // Now the receiver's own policy.
      node.policy(shop, PodPolicy.open());
      node.policy(dns, PodPolicy.open().onlyFrom(Allow.udp(PodPolicy.ANYBODY, 53)));
      assertEquals(Outcome.ANSWERED, patient.udp(good.address(), LARGE));
      deniedFragments(client, bad, receiver, six);
    }
  }

  private void deniedFragments(Client client, EchoServer bad, Statistics receiver, boolean six) {
    long denied = node.denials();
    long fragments = receiver.fragmentsReceived(six);
    assertEquals(Outcome.SILENT, client.udp(bad.address(), LARGE));
    assertEquals(0, bad.received());
    assertEquals(denied + 3, node.denials());
    assertEquals(fragments, receiver.fragmentsReceived(six));
  }
}
