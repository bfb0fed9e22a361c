package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.datapath.Mode;
import io.merlon.it.Client.Outcome;
import io.merlon.it.PodPolicy.Allow;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two pods of a node, and what policy lets them say to each other. */
@ParameterizedClass
@ArgumentsSource(Nodes.class)
record PairTrafficTest(EnforcedNode node) {
  private static final Duration PATIENT = Duration.ofSeconds(5);
  private static final Duration BRIEF = Duration.ofMillis(300);
  private static final int ALLOWED = 80;
  private static final int FORBIDDEN = 81;

  private static Client from(Pod pod, Duration patience) {
    return new Client(pod.namespace(), patience);
  }

  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void portsAreAllowedOrSilent(boolean six) {
    Pod web = node.pod("web", PodPolicy.open());
    Pod shop = node.pod("shop", PodPolicy.open());
    int peer = node.number(shop);
    node.policy(web, PodPolicy.closed().onlyFrom(Allow.tcp(peer, ALLOWED), Allow.udp(peer, 53)));
    node.policy(
        shop, PodPolicy.closed().onlyTo(Allow.tcp(node.number(web), ALLOWED), Allow.udp(-1, 53)));
    long before = node.decided(shop, PodPolicy.DENIED_OUT, Mode.ENFORCE).packets();
    try (EchoServer http = EchoServer.start(web.namespace(), web.address(six), ALLOWED);
        EchoServer other = EchoServer.start(web.namespace(), web.address(six), FORBIDDEN);
        EchoServer dns = EchoServer.start(web.namespace(), web.address(six), 53)) {
      assertEquals(Outcome.ANSWERED, from(shop, PATIENT).tcp(http.address()));
      assertEquals(Outcome.SILENT, from(shop, BRIEF).tcp(other.address()));
      assertEquals(0, other.accepted());
      // Nobody listens there: a reset would be the answer of an open node.
      assertEquals(
          Outcome.SILENT, from(shop, BRIEF).tcp(new InetSocketAddress(web.address(six), 82)));
      assertEquals(Outcome.ANSWERED, from(shop, PATIENT).udp(dns.address(), 512));
      assertEquals(Outcome.SILENT, from(shop, BRIEF).udp(other.address(), 512));
      assertEquals(0, other.received());
      assertTrue(node.decided(shop, PodPolicy.DENIED_OUT, Mode.ENFORCE).packets() >= before + 3);
    }
  }

  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void theDestinationsIngressDeniesToo(boolean six) {
    Pod web = node.pod("web", PodPolicy.open().onlyFrom(Allow.tcp(PodPolicy.ANYBODY, ALLOWED)));
    Pod shop = node.pod("shop", PodPolicy.open());
    long before = node.decided(web, PodPolicy.DENIED_IN, Mode.ENFORCE).packets();
    try (EchoServer http = EchoServer.start(web.namespace(), web.address(six), ALLOWED);
        EchoServer other = EchoServer.start(web.namespace(), web.address(six), FORBIDDEN)) {
      assertEquals(Outcome.ANSWERED, from(shop, PATIENT).tcp(http.address()));
      assertEquals(Outcome.SILENT, from(shop, BRIEF).tcp(other.address()));
      assertEquals(Outcome.SILENT, from(shop, BRIEF).udp(http.address(), 64));
      assertTrue(node.decided(web, PodPolicy.DENIED_IN, Mode.ENFORCE).packets() >= before + 2);
    }
  }

  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void echoRequestsNeedARuleForEveryProtocol(boolean six) {
    Pod web = node.pod("web", PodPolicy.open());
    Pod shop = node.pod("shop", PodPolicy.open());
    int peer = node.number(shop);
    node.policy(web, PodPolicy.closed().onlyFrom(Allow.tcp(peer, ALLOWED), Allow.udp(peer, 1)));
    assertEquals(Outcome.SILENT, from(shop, BRIEF).ping(web.address(six)));
    node.policy(web, PodPolicy.closed().onlyFrom(Allow.everything(peer)));
    assertEquals(Outcome.ANSWERED, from(shop, PATIENT).ping(web.address(six)));
    // The reply passed an isolated egress; a request of its own must not.
    assertEquals(Outcome.SILENT, from(web, BRIEF).ping(shop.address(six)));
  }

  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void repliesPassThoughTheOtherDirectionIsIsolated(boolean six) {
    Pod web = node.pod("web", PodPolicy.open().onlyTo());
    Pod shop = node.pod("shop", PodPolicy.open().onlyFrom());
    long before = node.denials();
    try (EchoServer there = EchoServer.start(web.namespace(), web.address(six), ALLOWED);
        EchoServer back = EchoServer.start(shop.namespace(), shop.address(six), ALLOWED)) {
      assertEquals(Outcome.ANSWERED, from(shop, PATIENT).tcp(there.address()));
      assertEquals(Outcome.ANSWERED, from(shop, PATIENT).udp(there.address(), 64));
      assertEquals(before, node.denials());
      assertEquals(Outcome.SILENT, from(web, BRIEF).tcp(back.address()));
    }
  }

  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void neighboursAreFoundAndTheNodeSpeaksUnderDenyAll(boolean six) {
    node.outside();
    Pod web = node.pod("web", PodPolicy.closed());
    long before = node.denials();
    Client probe = new Client(node.namespace(), PATIENT);
    try (EchoServer http = EchoServer.start(web.namespace(), web.address(six), ALLOWED)) {
      assertEquals(Outcome.ANSWERED, probe.tcp(http.address()));
      assertEquals(Outcome.ANSWERED, probe.ping(web.address(six)));
    }
    String neighbours = node.namespace().execute("ip", "neighbour", "show", "dev", web.device());
    String address = web.address(six).getHostAddress();
    assertTrue(
        neighbours
            .lines()
            .anyMatch(line -> line.contains("lladdr") && line.startsWith(start(six, address))),
        neighbours);
    assertEquals(before, node.denials());
  }

  /** As ip(8) prints it. */
  private static String start(boolean six, String address) {
    return six ? "fd00:1::1 " : address + " ";
  }
}
