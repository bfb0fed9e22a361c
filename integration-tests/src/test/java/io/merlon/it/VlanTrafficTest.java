package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.merlon.bpf.Interfaces;
import io.merlon.datapath.Counter;
import io.merlon.datapath.DropReason;
import io.merlon.datapath.Flow;
import io.merlon.datapath.FlowKey;
import io.merlon.datapath.IpAddress;
import io.merlon.datapath.Mode;
import io.merlon.it.PodPolicy.Allow;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Frames with tags on a pod's wire. Of what arrives, the kernel takes the outer tag out of the
 * frame before any program sees it (skb_vlan_untag() in net/core/skbuff.c); in what leaves, all are
 * there. Tags of VLAN 0 only say a priority: such frames are delivered, whatever interfaces there
 * are.
 */
@ParameterizedClass
@ArgumentsSource(Nodes.class)
record VlanTrafficTest(EnforcedNode node) {
  private static final Duration PATIENT = Duration.ofSeconds(5);
  private static final int ALLOWED = 53;
  private static final int FORBIDDEN = 54;
  private static final AtomicInteger PORTS = new AtomicInteger(40_000);
  private static final int MACS = 12;
  private static final int TAG = 4;

  private static final int DOT1Q = 0x8100;
  private static final int DOT1AD = 0x88a8;

  /** A frame's tags, the outermost first. */
  static Stream<Arguments> ways() {
    return Stream.of(List.of(DOT1Q), List.of(DOT1AD), List.of(DOT1AD, DOT1Q), List.of(DOT1Q, DOT1Q))
        .flatMap(tags -> Stream.of(false, true).map(six -> Arguments.of(tags, six)));
  }

  private static byte[] tagged(byte[] frame, byte[] to, List<Integer> tags) {
    ByteBuffer out = ByteBuffer.allocate(frame.length + TAG * tags.size());
    out.put(to).put(frame, to.length, MACS - to.length);
    tags.forEach(type -> out.putShort(type.shortValue()).putShort((short) 0));
    return out.put(frame, MACS, frame.length - MACS).array();
  }

  private Pod web() {
    return node.pod("web", PodPolicy.open());
  }

  private Pod shop() {
    Allow allowed = Allow.udp(node.number(web()), ALLOWED);
    return node.pod("shop", PodPolicy.closed().onlyTo(allowed).onlyFrom(allowed));
  }

  private long unread(Pod pod) {
    return node.refused(pod, true, DropReason.ETHERTYPE).packets()
        + node.refused(pod, false, DropReason.ETHERTYPE).packets();
  }

  /** The pod's flow of a port of its peer's, or of its own. */
  private Optional<Flow> flow(Pod pod, Pod peer, boolean six, int podPort, int peerPort) {
    FlowKey key =
        new FlowKey(
            pod.ifindex(),
            IpAddress.of(pod.address(six).getAddress()),
            IpAddress.of(peer.address(six).getAddress()),
            podPort,
            peerPort,
            Frames.UDP);
    return node.datapath().flows(six).get(key);
  }

  @ParameterizedTest(name = "{0}, IPv6 {1}")
  @MethodSource("ways")
  void whatLeavesIsJudgedByWhatIsBehindTheTags(List<Integer> tags, boolean six) {
    Pod web = web();
    Pod shop = shop();
    int port = PORTS.getAndIncrement();
    Frames frames = new Frames(shop.address(six), web.address(six));
    NetworkNamespace pod = shop.namespace();
    int ifindex = pod.call(() -> Interfaces.index("eth0"));
    byte[] gateway = node.network().gateway(shop);
    byte[] good = tagged(frames.udp(port, ALLOWED), gateway, tags);
    byte[] bad = tagged(frames.udp(port, FORBIDDEN), gateway, tags);
    long denied = denied(shop, PodPolicy.DENIED_OUT);
    try (EchoServer server = EchoServer.start(web.namespace(), web.address(six), ALLOWED);
        EchoServer other = EchoServer.start(web.namespace(), web.address(six), FORBIDDEN)) {
      PacketSocket.send(pod, ifindex, bad);
      PacketSocket.send(pod, ifindex, good);
      Await.until(
          "the answer has come",
          PATIENT,
          () -> flow(shop, web, six, port, ALLOWED).map(f -> f.ingress().packets()).orElse(0L) > 0);
      assertEquals(1, server.received());
      assertEquals(0, other.received());
    }
    Counter sent = flow(shop, web, six, port, ALLOWED).orElseThrow().egress();
    assertEquals(new Counter(1, good.length - TAG), sent);
    assertEquals(denied + 1, denied(shop, PodPolicy.DENIED_OUT));
    assertEquals(0, unread(shop));
  }

  @ParameterizedTest(name = "{0}, IPv6 {1}")
  @MethodSource("ways")
  void whatArrivesIsJudgedByWhatIsBehindTheTags(List<Integer> tags, boolean six) {
    Pod web = web();
    Pod shop = shop();
    int port = PORTS.getAndIncrement();
    Frames frames = new Frames(web.address(six), shop.address(six));
    byte[] pod = hardwareAddress(shop);
    byte[] good = tagged(frames.udp(port, ALLOWED), pod, tags);
    byte[] bad = tagged(frames.udp(port, FORBIDDEN), pod, tags);
    long denied = denied(shop, PodPolicy.DENIED_IN);
    try (EchoServer server = EchoServer.start(shop.namespace(), shop.address(six), ALLOWED);
        EchoServer other = EchoServer.start(shop.namespace(), shop.address(six), FORBIDDEN)) {
      // Who sends out of an interface is told of what is dropped there.
      assertThrows(
          IllegalStateException.class,
          () -> PacketSocket.send(node.namespace(), shop.ifindex(), bad));
      PacketSocket.send(node.namespace(), shop.ifindex(), good);
      Await.until(
          "the answer has gone",
          PATIENT,
          () -> flow(shop, web, six, ALLOWED, port).map(f -> f.egress().packets()).orElse(0L) > 0);
      assertEquals(1, server.received());
      assertEquals(0, other.received());
    }
    Counter received = flow(shop, web, six, ALLOWED, port).orElseThrow().ingress();
    assertEquals(new Counter(1, good.length), received);
    assertEquals(denied + 1, denied(shop, PodPolicy.DENIED_IN));
    assertEquals(0, unread(shop));
  }

  private long denied(Pod pod, int decision) {
    return node.decided(pod, decision, Mode.ENFORCE).packets();
  }

  private static byte[] hardwareAddress(Pod pod) {
    String[] words = pod.namespace().execute("ip", "-o", "link", "show", "dev", "eth0").split(" ");
    int at = List.of(words).indexOf("link/ether");
    return HexFormat.ofDelimiter(":").parseHex(words[at + 1]);
  }
}
