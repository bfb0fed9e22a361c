package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.Direction.INGRESS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.Mode;
import io.merlon.datapath.packet.Edit.Layer;
import io.merlon.datapath.packet.Packet;
import io.merlon.datapath.packet.Payload;
import io.merlon.datapath.packet.Payload.Sctp;
import io.merlon.datapath.packet.Payload.Tcp;
import io.merlon.datapath.packet.Payload.Udp;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Packets cut at every byte of every header: denied, counted, and never read past. */
class TruncationPacketTest extends PacketStory {

  @BeforeEach
  void allowEverything() {
    policy(io.merlon.datapath.harness.TableSketch.open(Cast.CLASSES, RULE));
  }

  private int header() {
    return family == Family.V4 ? 20 : 40;
  }

  /** The same packet, its IP header saying that so many bytes of the payload are there. */
  private Packet claiming(Packet packet, int payload) {
    return family == Family.V4
        ? packet.patch(Layer.NETWORK, 2, 0, header() + payload)
        : packet.patch(Layer.NETWORK, 4, 0, payload);
  }

  /** BPF_PROG_TEST_RUN itself refuses less than an IP header right behind the Ethernet header. */
  private static Packet behindATag(Packet packet) {
    return packet.tagged(Packet.DOT1Q);
  }

  private void cutEverywhere(Packet packet, int transport) {
    passesOut(packet);
    long whole = counted(RULE);
    // The frame is cut, and its IP header does not know.
    for (int kept = 0; kept < header() + transport; kept++) {
      dropsOut(behindATag(packet).cut(Layer.NETWORK, kept));
    }
    for (int kept = header(); kept < header() + transport; kept++) {
      dropsOut(packet.cut(Layer.NETWORK, kept));
    }
    // The IP header knows. A length of zero would mean "whatever is there" in IPv6.
    for (int kept = 1; kept < transport; kept++) {
      dropsOut(claiming(packet, kept).cut(Layer.TRANSPORT, kept));
    }
    // The IP header knows, and padding follows that must not be taken for the header.
    for (int kept = 1; kept < transport; kept++) {
      dropsOut(claiming(packet, kept));
    }
    assertEquals(header() + 2L * transport + 2L * (transport - 1), counted(Code.TRUNCATED, EGRESS));
    assertEquals(whole, counted(RULE));
  }

  @Test
  void tcp() {
    cutEverywhere(leaving(cast.friend()).tcp(40000, 443, Payload.SYN), 20);
  }

  @Test
  void tcpWithOptions() {
    cutEverywhere(leaving(cast.friend()).with(new Tcp(40000, 443, Payload.SYN, 40, 0)), 60);
  }

  @Test
  void udp() {
    cutEverywhere(leaving(cast.friend()).with(new Udp(40000, 53, 0)), 8);
  }

  @Test
  void sctp() {
    cutEverywhere(leaving(cast.friend()).with(new Sctp(40000, 53, -1, 0)), 12);
  }

  @Test
  void ping() {
    cutEverywhere(leaving(cast.friend()).icmp(family == Family.V4 ? 8 : 128, 0, 1, new byte[0]), 8);
  }

  @Test
  void neighbourDiscoveryTooShortToBeKnown() {
    Packet hello = leaving(cast.friend()).icmp(135, 0, 0, new byte[0]).hops(255);
    for (int kept = 0; kept < 8; kept++) {
      dropsOut(hello.cut(Layer.TRANSPORT, kept));
    }
    assertEquals(8, counted(Code.TRUNCATED, EGRESS));
  }

  @Test
  void aDataOffsetIntoTheFixedHeaderIsBad() {
    for (int words = 0; words < 5; words++) {
      dropsOut(
          leaving(cast.friend())
              .tcp(40000, 443, Payload.SYN)
              .patch(Layer.TRANSPORT, 12, words << 4));
    }
    assertEquals(5, counted(Code.BAD_HEADER, EGRESS));
  }

  @Test
  void aDataOffsetBeyondThePacketIsTruncated() {
    Packet packet = leaving(cast.friend()).with(new Tcp(40000, 443, Payload.SYN, 8, 0));
    passesOut(packet);
    for (int words = 8; words < 16; words++) {
      dropsOut(packet.patch(Layer.TRANSPORT, 12, words << 4));
    }
    assertEquals(8, counted(Code.TRUNCATED, EGRESS));
  }

  @Test
  void aVlanTagWithoutAnythingBehindIt() {
    Packet packet = leaving(cast.friend()).udp(1, 2).tagged(Packet.DOT1Q);
    for (int kept = 15; kept < 18 + header(); kept++) {
      dropsOut(packet.cut(Layer.LINK, kept));
    }
    assertEquals(3 + header(), counted(Code.TRUNCATED, EGRESS));
  }

  @Test
  void towardsThePodTheSameIsCountedAsIngress() {
    dropsIn(arriving(cast.friend()).udp(1, 2).cut(Layer.TRANSPORT, 7));
    assertEquals(1, counted(Code.TRUNCATED, INGRESS));
  }

  @Test
  void outsideEnforcementItIsCountedAndPasses() {
    endpoint(Mode.OBSERVE);
    passesOut(leaving(cast.friend()).udp(1, 2).cut(Layer.TRANSPORT, 7));
    assertEquals(1, counted(Code.TRUNCATED, EGRESS, Mode.OBSERVE));
  }
}
