package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.bpf.BpfObject;
import io.merlon.bpf.Direction;
import io.merlon.bpf.Interfaces;
import io.merlon.datapath.IpAddress;
import io.merlon.datapath.Mode;
import io.merlon.datapath.Peer;
import io.merlon.datapath.Service;
import io.merlon.datapath.ServiceKey;
import io.merlon.it.Client.Outcome;
import io.merlon.it.PodPolicy.Allow;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A service of two backends, of which the client may reach one. The node translates addresses as
 * kube-proxy would, taking turns; each connection must be judged by the backend it got.
 */
@ParameterizedClass
@ArgumentsSource(Nodes.class)
record ServiceTrafficTest(EnforcedNode node) {
  private static final int PORT = 80;
  private static final int TARGET = 8080;
  private static final int TCP = 6;
  private static final int ATTEMPTS = 6;
  private static final int GOOD_OUTSIDE = 10;
  private static final int BAD_OUTSIDE = 11;

  private record Backends(EchoServer good, EchoServer bad) implements AutoCloseable {
    @Override
    public void close() {
      good.close();
      bad.close();
    }
  }

  private static InetAddress virtual(boolean six) {
    return InetAddress.ofLiteral(six ? "fd96::10" : "10.96.0.10");
  }

  private Pod client() {
    Pod good = node.pod("good", PodPolicy.open());
    return node.pod(
        "client",
        PodPolicy.open()
            .onlyTo(Allow.tcp(node.number(good), TARGET), Allow.tcp(GOOD_OUTSIDE, TARGET)));
  }

  private Backends local(boolean six) {
    Pod good = node.pod("good", PodPolicy.open());
    Pod bad = node.pod("bad", PodPolicy.open());
    return serve(
        EchoServer.start(good.namespace(), good.address(six), TARGET),
        EchoServer.start(bad.namespace(), bad.address(six), TARGET));
  }

  private Backends remote(boolean six) {
    NetworkNamespace outside = node.outside();
    InetAddress good = InetAddress.ofLiteral(six ? "fd01::2" : "192.168.1.2");
    InetAddress bad = InetAddress.ofLiteral(six ? "fd01::3" : "192.168.1.3");
    outside.configure(
        "address replace " + (six ? "fd01::3/64 dev eth0 nodad" : "192.168.1.3/24 dev eth0"));
    node.know(good, Peer.of(GOOD_OUTSIDE));
    node.know(bad, Peer.of(BAD_OUTSIDE));
    return serve(EchoServer.start(outside, good, TARGET), EchoServer.start(outside, bad, TARGET));
  }

  /** Has the node translate, and the datapath know that backends differ. */
  private Backends serve(EchoServer good, EchoServer bad) {
    boolean six = good.address().getAddress().getAddress().length == 16;
    InetAddress address = virtual(six);
    node.namespace()
        .execute(
            "nft",
            """
            add table %1$s proxy; delete table %1$s proxy; add table %1$s proxy;\
             add chain %1$s proxy pre { type nat hook prerouting priority -100; };\
             add rule %1$s proxy pre %1$s daddr %2$s tcp dport %3$d \
            dnat to numgen inc mod 2 map { 0 : %4$s . %6$d, 1 : %5$s . %6$d }\
            """
                .formatted(
                    six ? "ip6" : "ip",
                    address.getHostAddress(),
                    PORT,
                    good.address().getAddress().getHostAddress(),
                    bad.address().getAddress().getHostAddress(),
                    TARGET));
    IpAddress key = IpAddress.of(address.getAddress());
    node.know(address, new Peer(0, false, true, 0));
    node.datapath()
        .services(six)
        .put(new ServiceKey(key, PORT, TCP), new Service(0, false, 0, true));
    return new Backends(good, bad);
  }

  private void onlyTheAllowedBackendIsReached(Pod from, Backends backends, boolean six) {
    Client hasty = Expect.hasty(from);
    Client patient = Expect.patient(from);
    long denied = node.decided(from, PodPolicy.DENIED_OUT, Mode.ENFORCE).packets();
    int answered = 0;
    for (int i = 0; i < ATTEMPTS; i++) {
      Client client = i % 2 == 0 ? patient : hasty; // they take turns, the good one begins
      Outcome outcome = client.tcp(new InetSocketAddress(virtual(six), PORT));
      answered += outcome == Outcome.ANSWERED ? 1 : 0;
    }
    assertEquals(0, backends.bad.accepted());
    assertEquals(ATTEMPTS / 2, backends.good.accepted());
    assertEquals(ATTEMPTS / 2, answered);
    long since = node.decided(from, PodPolicy.DENIED_OUT, Mode.ENFORCE).packets() - denied;
    assertTrue(since >= ATTEMPTS / 2, since + " packets denied");
  }

  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void aLocalBackendIsJudgedAtItsInterface(boolean six) {
    Pod client = client();
    try (Backends backends = local(six)) {
      onlyTheAllowedBackendIsReached(client, backends, six);
    }
  }

  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void aRemoteBackendIsJudgedAtTheUplink(boolean six) {
    Pod client = client();
    try (Backends backends = remote(six)) {
      onlyTheAllowedBackendIsReached(client, backends, six);
    }
  }

  /** Whoever may make a service may name any address in it, and see that nobody translates it. */
  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void aServiceOpensNoAddressThatItNames(boolean six) {
    Pod client = client();
    Pod good = node.pod("good", PodPolicy.open());
    Pod bad = node.pod("bad", PodPolicy.open());
    NetworkNamespace outside = node.outside();
    InetAddress far = InetAddress.ofLiteral(six ? "fd01::3" : "192.168.1.3");
    outside.configure(
        "address replace %s dev eth0".formatted(six ? "fd01::3/64" : "192.168.1.3/24"));
    Client hasty = Expect.hasty(client);
    Client patient = Expect.patient(client);
    try (EchoServer near = EchoServer.start(good.namespace(), good.address(six), TARGET);
        EchoServer closed = EchoServer.start(bad.namespace(), bad.address(six), TARGET);
        EchoServer remote = EchoServer.start(outside, far, TARGET)) {
      claim(good.address(six), node.number(good));
      claim(bad.address(six), node.number(bad));
      claim(far, BAD_OUTSIDE);
      assertEquals(Outcome.ANSWERED, patient.tcp(near.address()));
      assertNotEquals(Outcome.ANSWERED, hasty.tcp(closed.address()));
      assertNotEquals(Outcome.ANSWERED, hasty.tcp(remote.address()));
      assertEquals(0, closed.accepted() + remote.accepted());
    }
  }

  /** Puts a service with differing backends at an address that is somebody's. */
  private void claim(InetAddress address, int peerClass) {
    IpAddress key = IpAddress.of(address.getAddress());
    node.know(address, new Peer(peerClass, false, true, 0));
    node.datapath()
        .services(address.getAddress().length == 16)
        .put(new ServiceKey(key, TARGET, TCP), new Service(0, false, 0, true));
  }

  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void theMarkOutlivesOthersProgramsOnTheHook(boolean six) throws IOException {
    Pod client = client();
    Attachment.Place place =
        new Attachment.Place(node.namespace(), client.ifindex(), Direction.INGRESS);
    try (BpfObject object = OthersProgram.load()) {
      for (String others : List.of("content", "silent")) {
        for (Attachment.Kind way : node.behind()) {
          try (Attachment _ = node.attachBehind(way, place, object.program(others))) {
            eachBackendIsJudged(client, six);
          }
        }
      }
    }
  }

  private void eachBackendIsJudged(Pod client, boolean six) {
    try (Backends backends = local(six)) {
      onlyTheAllowedBackendIsReached(client, backends, six);
    }
    try (Backends backends = remote(six)) {
      onlyTheAllowedBackendIsReached(client, backends, six);
    }
  }

  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void aPodCannotMarkItsPacketsItself(boolean six) throws IOException {
    Pod forger = node.pod("forger", PodPolicy.open());
    Pod web = node.pod("web", PodPolicy.open());
    int interfaceInPod = forger.namespace().call(() -> Interfaces.index("eth0"));
    Attachment.Place inPod =
        new Attachment.Place(forger.namespace(), interfaceInPod, Direction.EGRESS);
    Attachment.Place outside =
        new Attachment.Place(node.namespace(), forger.ifindex(), Direction.INGRESS);
    // Believed, it would be judged as a subject that does not exist, and denied.
    Client client = Expect.patient(forger);
    try (BpfObject object = OthersProgram.load();
        EchoServer server = EchoServer.start(web.namespace(), web.address(six), PORT);
        Attachment _ = inPod.attach(node.kind(), object.program("forger"))) {
      assertEquals(Outcome.ANSWERED, client.tcp(server.address()));
      for (Attachment.Kind way : node.behind()) {
        try (Attachment _ = node.attachBehind(way, outside, object.program("content"))) {
          assertEquals(Outcome.ANSWERED, client.tcp(server.address()));
        }
      }
    }
  }
}
