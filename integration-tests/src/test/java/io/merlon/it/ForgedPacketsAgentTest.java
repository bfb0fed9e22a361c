package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.bpf.Interfaces;
import io.merlon.datapath.DropReason;
import io.merlon.datapath.IpAddress;
import io.merlon.it.Client.Outcome;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A pod that may write any frame tries to prepare the table of flows for connections policy
 * forbids, to end others', and to be misread.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForgedPacketsAgentTest {
  private static final int CLOSED = 9999;
  private static final int ASSOCIATION = 5000;
  private static final int FORGED = 4444;

  private final AgentNode node = new AgentNode();
  private final Pod api;
  private final Pod web;
  private final PinnedState state;
  private Pod attacker;
  private int attackers;

  ForgedPacketsAgentTest() {
    node.namespace("payments", "name: payments", "");
    node.namespace("frontend", "name: frontend", "");
    node.namespace("guests", "name: guests", "");
    api = node.pod("payments", "api", "app: payments-api");
    web = node.pod("frontend", "web", "app: web");
    node.write("allow-frontend", Mission.ALLOW_FRONTEND);
    node.write(
        "associations",
        Mission.policy(
            "payments",
            "associations",
            """
            podSelector: {}, policyTypes: [Ingress],
            ingress: [{ports: [{protocol: SCTP, port: %d}]}]\
            """
                .formatted(ASSOCIATION)));
    node.agent().start();
    state = node.state();
  }

  /** A fresh one for every story. */
  @BeforeEach
  void attacker() {
    attackers++;
    attacker = node.pod("guests", "attacker-" + attackers, "app: attacker");
    Await.until(
        "the attacker is judged",
        Expect.PATIENT,
        () -> node.agent().get("/v1/pods").contains(attacker.device()));
  }

  @AfterAll
  void close() {
    state.close();
    node.close();
  }

  private void send(Pod from, byte[] frame) {
    byte[] gateway = node.network().gateway(from);
    System.arraycopy(gateway, 0, frame, 0, gateway.length);
    PacketSocket.send(
        from.namespace(), from.namespace().call(() -> Interfaces.index("eth0")), frame);
  }

  /** Sends a frame and waits until a counter moved, by one. */
  private void counted(LongSupplier counter, Pod from, byte[] frame) {
    long before = counter.getAsLong();
    send(from, frame);
    Await.until("the frame is counted", Expect.PATIENT, () -> counter.getAsLong() > before);
    assertEquals(before + 1, counter.getAsLong());
  }

  private boolean knows(Pod pod, Pod peer, boolean six) {
    IpAddress address = IpAddress.of(peer.address(six).getAddress());
    return state.flows(pod, six).stream()
        .anyMatch(flow -> flow.peer().equals(address) && flow.peerPort() == FORGED);
  }

  /** The API pod's egress is open, so that segments which look like replies to it might pass. */
  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void noSegmentPreparesAForbiddenConnection(boolean six) throws IOException {
    Frames own = new Frames(attacker.address(six), api.address(six));
    long denied = state.denied(api);
    try (EchoServer server = Expect.serve(api, six, CLOSED)) {
      for (int flags :
          List.of(
              Frames.SYN,
              Frames.SYN | Frames.ACK,
              Frames.ACK,
              Frames.ACK | Frames.FIN,
              Frames.RST)) {
        send(attacker, own.tcp(FORGED, CLOSED, flags));
        assertEquals(Outcome.SILENT, connectFrom(six, server.address()), "flags " + flags);
      }
      assertEquals(0, server.accepted());
      assertTrue(state.denied(api) >= denied + 5, state.denied(api) + " after " + denied);
    }
  }

  private Outcome connectFrom(boolean six, InetSocketAddress to) throws IOException {
    try (SocketChannel channel = Expect.hasty(attacker).open(to)) {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(new InetSocketAddress(attacker.address(six), FORGED));
      channel.socket().connect(to, Math.toIntExact(Expect.SHORT.toMillis()));
      return Outcome.ANSWERED;
    } catch (java.net.SocketTimeoutException e) {
      return Outcome.SILENT;
    }
  }

  /** In the name of whoever may: dropped at the forger's own interface, and nobody remembers it. */
  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void nobodySpeaksInAnothersName(boolean six) throws IOException {
    Frames borrowed = new Frames(web.address(six), api.address(six));
    try (Chat chat = Chat.tcp(web, api, six, Mission.PORT)) {
      Expect.talking(List.of(chat));
      int open =
          state.flows(api, six).stream()
              .mapToInt(flow -> flow.peerPort())
              .findFirst()
              .orElseThrow();
      LongSupplier spoofed = () -> state.refused(attacker, DropReason.SPOOFED);
      counted(spoofed, attacker, borrowed.tcp(FORGED, Mission.PORT, Frames.SYN));
      counted(spoofed, attacker, borrowed.tcp(open, Mission.PORT, Frames.RST));
      counted(spoofed, attacker, borrowed.tcp(open, Mission.PORT, Frames.RST | Frames.ACK));
      counted(spoofed, attacker, borrowed.udp(FORGED, CLOSED));
      Frames reply = new Frames(api.address(six), web.address(six));
      counted(spoofed, attacker, reply.tcp(Mission.PORT, open, Frames.SYN | Frames.ACK));
      assertTrue(!knows(api, web, six) && !knows(web, api, six));
      assertTrue(state.flows(attacker, six).isEmpty());
      Expect.talking(List.of(chat));
    }
  }

  /** SCTP is its own protocol: judged by its own rules, never by TCP's. */
  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void associationsAreJudgedAsSuch(boolean six) {
    Frames frames = new Frames(attacker.address(six), api.address(six));
    Frames frontend = new Frames(web.address(six), api.address(six));
    long allowed = state.allowed(api);
    send(attacker, frames.sctp(FORGED, ASSOCIATION));
    // What the pod answers is counted too.
    Await.until("it is allowed", Expect.PATIENT, () -> state.allowed(api) > allowed);
    assertTrue(knows(api, attacker, six));
    counted(() -> state.denied(api), attacker, frames.sctp(FORGED, ASSOCIATION + 1));
    counted(() -> state.denied(api), web, frontend.sctp(FORGED, Mission.PORT));
    counted(() -> state.denied(api), attacker, frames.tcp(FORGED, ASSOCIATION, Frames.SYN));
  }

  @Test
  void whatContradictsItselfIsRefusedAtTheSendersInterface() {
    Frames four = new Frames(attacker.v4(), api.v4());
    Frames six = new Frames(attacker.v6(), api.v6());
    refused(DropReason.TRUNCATED, four.packet(Frames.TCP, new byte[7]));
    refused(DropReason.TRUNCATED, six.packet(Frames.UDP, new byte[3]));
    byte[] shortHeader = four.udp(FORGED, CLOSED);
    shortHeader[14] = 0x44;
    refused(DropReason.BAD_HEADER, shortHeader);
    byte[] wrongVersion = four.udp(FORGED, CLOSED);
    wrongVersion[14] = 0x65;
    refused(DropReason.BAD_HEADER, wrongVersion);
    refused(DropReason.EXTENSION_CHAIN, six.packet(60, chain(40)));
    byte[] unknown = new byte[60];
    Arrays.fill(unknown, 12, 14, (byte) 0x99);
    refused(DropReason.ETHERTYPE, unknown);
    assertTrue(state.flows(attacker, false).isEmpty() && state.flows(attacker, true).isEmpty());
  }

  /** Nobody saw the fragment that says which ports it is for, and at the API's pod they matter. */
  @Test
  void aLaterFragmentAloneGoesNowhere() {
    Frames frames = new Frames(attacker.v4(), api.v4());
    LongSupplier unknown = () -> state.refused(api, DropReason.FRAGMENT_UNKNOWN);
    counted(unknown, attacker, frames.laterFragment(Frames.SCTP, new byte[16]));
  }

  /** So many extension headers of destination options, each of eight bytes. */
  private static byte[] chain(int headers) {
    byte[] chain = new byte[8 * headers + 12];
    for (int i = 0; i < headers; i++) {
      chain[8 * i] = (byte) (i < headers - 1 ? 60 : Frames.UDP);
      chain[8 * i + 2] = 1; // PadN
      chain[8 * i + 3] = 4;
    }
    return chain;
  }

  private void refused(DropReason reason, byte[] frame) {
    try {
      counted(() -> state.refused(attacker, reason), attacker, frame);
    } catch (AssertionError e) {
      throw new AssertionError(reason + ": " + e.getMessage(), e);
    }
  }
}
