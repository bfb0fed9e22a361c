package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.Direction.INGRESS;
import static io.merlon.datapath.harness.ProtocolGroup.TCP;
import static io.merlon.datapath.harness.ProtocolGroup.UDP;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.Hook;
import io.merlon.datapath.harness.Mode;
import io.merlon.datapath.harness.TableSketch.Ports;
import io.merlon.datapath.packet.Packet;
import io.merlon.datapath.packet.Payload;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Datagrams in pieces, of which only the first says what it is. */
class FragmentPacketTest extends PacketStory {
  private static final int END = 1000;

  @BeforeEach
  void someEgress() {
    policy(
        isolated()
            .allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(53), RULE)
            .allow(Cast.FRIENDS, EGRESS, TCP, Ports.of(443), OTHER_RULE));
  }

  private Packet question(Address peer, int port) {
    return leaving(peer).with(new Payload.Udp(40000, port, 56));
  }

  @Test
  void laterFragmentsFollowAnAllowedFirst() {
    Packet whole = question(cast.friend(), 53);
    passesOut(whole.fragment(0, 24, 7));
    passesOut(whole.fragment(24, 48, 7));
    passesOut(whole.fragment(48, END, 7));
    assertEquals(3, counted(RULE));
    assertEquals(1, flow().egress().packets());
  }

  @Test
  void aDeniedFirstFragmentIsAsGoodAsNone() {
    Packet whole = question(cast.friend(), 54);
    dropsOut(whole.fragment(0, 24, 7));
    dropsOut(whole.fragment(24, END, 7));
    assertEquals(1, counted(DENIED));
    assertEquals(1, counted(Code.FRAGMENT_UNKNOWN, EGRESS));
  }

  @Test
  void aDeniedFirstFragmentTakesNoOthersPlace() {
    Packet allowed = question(cast.friend(), 53);
    passesOut(allowed.fragment(0, 24, 7));
    dropsOut(question(cast.friend(), 54).fragment(0, 24, 7));
    passesOut(allowed.fragment(24, END, 7));
    assertEquals(2, counted(RULE));
  }

  @Test
  void unenforcedPiecesFollowADeniedFirst() {
    for (Mode mode : new Mode[] {Mode.AUDIT, Mode.OBSERVE}) {
      endpoint(mode);
      datapath.bumpEpoch();
      Packet whole = question(cast.friend(), 54);
      passesOut(whole.fragment(0, 24, 7));
      passesOut(whole.fragment(24, END, 7));
      assertEquals(2, counted(DENIED, mode));
    }
  }

  @Test
  void whatIsRevokedCompletesNoDatagram() {
    Packet question = question(cast.friend(), 53);
    passesOut(question.fragment(0, 24, 7));
    passesOut(leaving(cast.friend()).udp(40000, 53));
    Packet answer = arriving(cast.friend()).with(new Payload.Udp(53, 40000, 100));
    passesIn(answer.fragment(0, 48, 3));
    policy(isolated().allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(54), RULE));
    datapath.bumpEpoch();
    dropsOut(question.fragment(24, END, 7));
    dropsIn(answer.fragment(48, END, 3));
    assertEquals(1, counted(Code.FRAGMENT_UNKNOWN, EGRESS));
    assertEquals(1, counted(DENIED));
  }

  @Test
  void whatIsStillAllowedBeginsAnewAfterANarrowing() {
    Packet whole = question(cast.friend(), 53);
    passesOut(whole.fragment(0, 24, 7));
    datapath.bumpEpoch();
    dropsOut(whole.fragment(24, END, 7));
    passesOut(whole.fragment(0, 24, 8));
    passesOut(whole.fragment(24, END, 8));
  }

  @Test
  void aLaterFragmentAloneIsDeniedWherePortsMatter() {
    dropsOut(question(cast.friend(), 53).fragment(24, END, 7));
    assertEquals(1, counted(Code.FRAGMENT_UNKNOWN, EGRESS));
    noFlow();
  }

  @Test
  void aLaterFragmentAloneIsJudgedWherePortsDoNotMatter() {
    dropsOut(question(cast.stranger(), 53).fragment(24, END, 7));
    assertEquals(1, counted(DENIED));
    policy(isolated().allow(Cast.STRANGERS, EGRESS, UDP, Ports.ALL, RULE));
    passesOut(question(cast.stranger(), 53).fragment(24, END, 8));
    assertEquals(1, counted(RULE));
    noFlow();
  }

  @Test
  void portsDoNotMatterWhereEveryRangeSaysTheSame() {
    policy(
        isolated()
            .allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(0, 999), RULE)
            .allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(1000, 65535), OTHER_RULE));
    passesOut(question(cast.friend(), 53).fragment(24, END, 7));
    assertEquals(1, counted(RULE));
  }

  @Test
  void whatIsAlwaysAllowedIsAllowedInPieces() {
    passesOut(question(cast.node(), 53).fragment(24, END, 7));
    passesOut(question(cast.pod(), 53).fragment(24, END, 7));
    assertEquals(1, counted(Code.NODE, EGRESS));
    assertEquals(1, counted(Code.SELF, EGRESS));
    noFlow();
  }

  @Test
  void aDatagramIsItsEndsItsNumberAndInIpv4ItsProtocol() {
    Packet whole = question(cast.friend(), 53);
    passesOut(whole.fragment(0, 24, 7));
    dropsOut(whole.fragment(24, END, 8));
    Packet other = whole.with(new Payload.Tcp(40000, 443, 2, 0, 60));
    if (family == Family.V4) {
      dropsOut(other.fragment(24, END, 7));
    } else {
      passesOut(other.fragment(24, END, 7)); // its next header is the sender's to choose
    }
    dropsIn(arriving(cast.friend()).with(new Payload.Udp(53, 40000, 56)).fragment(24, END, 7));
    dropsOut(question(cast.stranger(), 53).fragment(24, END, 7));
    passesOut(whole.fragment(24, END, 7));
  }

  @Test
  void aDatagramIsForgottenAfterHalfAMinute() {
    Packet whole = question(cast.friend(), 53);
    passesOut(whole.fragment(0, 24, 7));
    datapath.elapse(28);
    passesOut(whole.fragment(24, 48, 7));
    datapath.elapse(7);
    dropsOut(whole.fragment(48, END, 7));
    datapath.elapse(30 * 24 * 3600);
    dropsOut(whole.fragment(48, END, 7));
  }

  @Test
  void answersMayComeInPieces() {
    passesOut(leaving(cast.friend()).udp(40000, 53));
    Packet answer = arriving(cast.friend()).with(new Payload.Udp(53, 40000, 100));
    passesIn(answer.fragment(0, 48, 3));
    passesIn(answer.fragment(48, END, 3));
    dropsIn(answer.fragment(48, END, 4));
    assertEquals(1, counted(DENIED) + counted(Code.FRAGMENT_UNKNOWN, INGRESS));
  }

  @Test
  void aFirstFragmentMustHoldItsTransportHeader() {
    Packet datagram = question(cast.friend(), 53);
    Packet segment = leaving(cast.friend()).with(new Payload.Tcp(40000, 443, 2, 20, 60));
    Packet chunk = leaving(cast.friend()).with(new Payload.Sctp(40000, 443, 1, 60));
    passesOut(datagram.fragment(0, 8, 1));
    dropsOut(segment.fragment(0, 8, 2));
    dropsOut(segment.fragment(0, 16, 2));
    dropsOut(chunk.fragment(0, 8, 3));
    assertEquals(3, counted(Code.TRUNCATED, EGRESS));
    // Its options may be in the next one.
    passesOut(segment.fragment(0, 24, 4));
    passesOut(segment.fragment(24, END, 4));
  }

  @Test
  void aFragmentThatWouldRewriteTheTcpHeaderIsDenied() {
    Packet segment = leaving(cast.friend()).with(new Payload.Tcp(40000, 443, 2, 0, 60));
    passesOut(segment.fragment(0, 24, 4));
    dropsOut(segment.fragment(8, 32, 4));
    assertEquals(1, counted(Code.FRAGMENT_OVERLAP, EGRESS));
    Packet chunk = leaving(cast.friend()).with(new Payload.Sctp(40000, 443, Payload.Sctp.INIT, 60));
    dropsOut(chunk.fragment(8, 32, 6));
    assertEquals(2, counted(Code.FRAGMENT_OVERLAP, EGRESS));
    // In UDP it is what any second fragment of a small first one is.
    Packet datagram = question(cast.friend(), 53);
    passesOut(datagram.fragment(0, 8, 5));
    passesOut(datagram.fragment(8, END, 5));
  }

  /**
   * What IPv6 says of a later fragment is its sender's to choose; the datagram is what its first
   * one is.
   */
  @Test
  void aFragmentIsOfTheProtocolOfItsFirst() {
    policy(
        isolated()
            .everything(Cast.FRIENDS, EGRESS, true, RULE)
            .everything(Cast.FRIENDS, INGRESS, true, RULE));
    Payload[] begins = {
      new Payload.Tcp(40000, 443, 2, 0, 60), new Payload.Sctp(40000, 443, Payload.Sctp.INIT, 60)
    };
    int id = 0;
    for (Payload begin : begins) {
      Packet later = leaving(cast.friend()).opaque(Payload.UDP, 64).fragment(8, 32, ++id);
      passesOut(leaving(cast.friend()).with(begin).fragment(0, 24, id));
      boolean six = family == Family.V6;
      expect(!six, Hook.FROM_POD, later.frame());
      later = arriving(cast.friend()).opaque(Payload.UDP, 64).fragment(8, 32, id);
      passesIn(arriving(cast.friend()).with(begin).fragment(0, 24, id));
      expect(!six, Hook.TO_POD, later.frame());
      passesIn(arriving(cast.friend()).with(begin).fragment(24, END, id));
    }
    assertEquals(family == Family.V6 ? 2 : 0, counted(Code.FRAGMENT_OVERLAP, EGRESS));
    assertEquals(family == Family.V6 ? 2 : 0, counted(Code.FRAGMENT_OVERLAP, INGRESS));
  }

  @Test
  void aLaterFragmentWithAForeignSourceIsSpoofed() {
    Packet spoofed = Packet.between(cast.neighbour(), cast.friend());
    dropsOut(spoofed.with(new Payload.Udp(1, 53, 56)).fragment(0, 24, 7));
    dropsOut(spoofed.with(new Payload.Udp(1, 53, 56)).fragment(24, END, 7));
    assertEquals(2, counted(Code.SPOOFED, EGRESS));
  }

  @Test
  void piecesCountUnderTheModeOfTheFirst() {
    endpoint(Mode.AUDIT);
    Packet whole = question(cast.friend(), 54);
    passesOut(whole.fragment(0, 24, 7));
    endpoint(Mode.ENFORCE);
    passesOut(whole.fragment(24, END, 7));
    assertEquals(2, counted(DENIED, Mode.AUDIT));
    dropsOut(question(cast.friend(), 53).fragment(24, END, 8));
  }

  @Test
  void aPingInPiecesIsAPing() {
    policy(isolated().everything(Cast.FRIENDS, EGRESS, true, RULE));
    Packet ping = leaving(cast.friend()).icmp(family == Family.V4 ? 8 : 128, 0, 5, new byte[64]);
    passesOut(ping.fragment(0, 16, 7));
    passesOut(ping.fragment(16, END, 7));
    assertEquals(2, counted(RULE));
  }
}
