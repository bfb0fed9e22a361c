package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.datapath.Config;
import io.merlon.datapath.DropReason;
import io.merlon.datapath.Mode;
import io.merlon.it.Client.Outcome;
import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a denial: a drop, or a note. */
@ParameterizedClass
@ArgumentsSource(Nodes.class)
record ModeTrafficTest(EnforcedNode node) {
  private static final Duration PATIENT = Duration.ofSeconds(5);
  private static final Duration BRIEF = Duration.ofMillis(300);
  private static final int PORT = 80;

  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void aBorrowedSourceIsDropped(boolean six) {
    Pod web = node.pod("web", PodPolicy.open());
    Pod shop = node.pod("shop", PodPolicy.open());
    InetAddress borrowed = InetAddress.ofLiteral(six ? "fd00:1::99" : "10.101.0.99");
    // An address that may be a duplicate cannot be bound to yet, not even here.
    String usable = six ? " nodad" : "";
    shop.namespace()
        .configure("address replace %s dev lo%s".formatted(borrowed.getHostAddress(), usable));
    Client client = new Client(shop.namespace(), BRIEF);
    try (EchoServer server = EchoServer.start(web.namespace(), web.address(six), PORT)) {
      long before = node.refused(shop, true, DropReason.SPOOFED).packets();
      assertEquals(Outcome.SILENT, client.udpFrom(borrowed, server.address()));
      assertEquals(0, server.received());
      assertEquals(before + 1, node.refused(shop, true, DropReason.SPOOFED).packets());

      Config verifying = node.config();
      node.configure(verifying.withFlags(verifying.flags() & ~Config.VERIFY_SOURCE));
      client.udpFrom(borrowed, server.address());
      Await.until("received", Expect.PATIENT, () -> server.received() == 1);
      node.configure(verifying);
      assertEquals(
          Outcome.ANSWERED, Expect.patient(shop).udpFrom(shop.address(six), server.address()));
    }
  }

  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void auditPassesAndCountsWhatEnforcementDrops(boolean six) {
    Pod web = node.pod("web", PodPolicy.open().onlyFrom());
    Pod shop = node.pod("shop", PodPolicy.open());
    try (EchoServer server = EchoServer.start(web.namespace(), web.address(six), PORT)) {
      assertEquals(Outcome.SILENT, new Client(shop.namespace(), BRIEF).tcp(server.address()));
      Client patient = new Client(shop.namespace(), PATIENT);
      for (Mode mode : new Mode[] {Mode.AUDIT, Mode.OBSERVE}) {
        node.mode(web, mode);
        long enforced = denied(web, Mode.ENFORCE);
        long noted = denied(web, mode);
        assertEquals(Outcome.ANSWERED, patient.tcp(server.address()));
        assertEquals(Outcome.ANSWERED, patient.udp(server.address(), 64));
        assertEquals(Outcome.ANSWERED, patient.ping(web.address(six)));
        assertTrue(denied(web, mode) >= noted + 3);
        assertEquals(enforced, denied(web, Mode.ENFORCE));
      }
      node.mode(web, Mode.ENFORCE);
      assertEquals(Outcome.SILENT, new Client(shop.namespace(), BRIEF).tcp(server.address()));
    }
  }

  private long denied(Pod pod, Mode mode) {
    return node.decided(pod, PodPolicy.DENIED_IN, mode).packets();
  }
}
