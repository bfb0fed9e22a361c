package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.Direction.INGRESS;
import static io.merlon.datapath.harness.ProtocolGroup.OTHER;
import static io.merlon.datapath.harness.ProtocolGroup.SCTP;
import static io.merlon.datapath.harness.ProtocolGroup.TCP;
import static io.merlon.datapath.harness.ProtocolGroup.UDP;
import static io.merlon.datapath.packet.Payload.ACK;
import static io.merlon.datapath.packet.Payload.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.Endpoint;
import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.FlowView;
import io.merlon.datapath.harness.Mode;
import io.merlon.datapath.harness.TableSketch.Ports;
import io.merlon.datapath.packet.Edit.Layer;
import io.merlon.datapath.packet.Extension;
import io.merlon.datapath.packet.Packet;
import io.merlon.datapath.packet.Payload.Sctp;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Errors pass to whom the flow they are about belongs, and only there. */
class IcmpErrorPacketTest extends PacketStory {
  private static final int WHOLE = 2000;

  @BeforeEach
  void egressToFriends() {
    policy(
        isolated()
            .allow(Cast.FRIENDS, EGRESS, TCP, Ports.of(443), RULE)
            .allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(53), RULE)
            .allow(Cast.FRIENDS, EGRESS, SCTP, Ports.of(99), RULE)
            .allow(Cast.FRIENDS, INGRESS, UDP, Ports.of(53), OTHER_RULE));
  }

  private int tooBig() {
    return family == Family.V4 ? 3 : 2;
  }

  private int header() {
    return family == Family.V4 ? 20 : 40;
  }

  private Packet sent() {
    return leaving(cast.friend()).tcp(40000, 443, SYN);
  }

  /** A router on the way, which no policy knows. */
  private Packet about(Packet packet) {
    return arriving(cast.nobody()).error(tooBig(), 4, packet, WHOLE);
  }

  @Test
  void errorsAboutAnAllowedFlowPass() {
    passesOut(sent());
    int[] types = family == Family.V4 ? new int[] {3, 4, 11, 12} : new int[] {1, 2, 3, 4};
    for (int type : types) {
      passesIn(arriving(cast.nobody()).error(type, 0, sent(), WHOLE));
    }
    assertEquals(5, counted(RULE));
    assertEquals(1, flow().egress().packets());
    assertEquals(0, flow().ingress().packets());
  }

  @Test
  void errorsOfEveryKindOfFlowPass() {
    policy(isolated().everything(Cast.FRIENDS, EGRESS, true, RULE));
    Packet[] packets = {
      leaving(cast.friend()).udp(40000, 53),
      leaving(cast.friend()).sctp(40000, 99, Sctp.INIT),
      leaving(cast.friend()).echoRequest(3),
      leaving(cast.friend()).opaque(47, 20)
    };
    for (Packet packet : packets) {
      dropsIn(about(packet));
      passesOut(packet);
      passesIn(about(packet));
    }
  }

  @Test
  void errorsAboutAFlowThatIsNotThereAreDenied() {
    passesOut(sent());
    dropsIn(about(leaving(cast.friend()).tcp(40001, 443, SYN)));
    dropsIn(about(leaving(cast.friend()).tcp(40000, 444, SYN)));
    dropsIn(about(leaving(cast.stranger()).tcp(40000, 443, SYN)));
    dropsIn(about(leaving(cast.friend()).udp(40000, 443)));
    // The quoted packet must be one that the pod sent.
    dropsIn(about(arriving(cast.friend()).tcp(443, 40000, ACK)));
    assertEquals(5, counted(DENIED));
  }

  @Test
  void errorsWithoutAFlowPassWhereEveryProtocolIsAllowed() {
    policy(isolated().allow(0, INGRESS, OTHER, Ports.ALL, OTHER_RULE));
    passesIn(about(sent()));
    assertEquals(1, counted(OTHER_RULE));
    noFlow();
  }

  @Test
  void aPodMayComplainAboutWhatItWasSent() {
    Packet asked = arriving(cast.friend()).udp(40000, 53);
    passesIn(asked);
    passesOut(leaving(cast.friend()).error(family == Family.V4 ? 3 : 1, 3, asked, WHOLE));
    dropsOut(
        leaving(cast.friend())
            .error(family == Family.V4 ? 3 : 1, 3, arriving(cast.friend()).udp(1, 53), WHOLE));
    assertEquals(2, counted(OTHER_RULE));
  }

  @Test
  void aPodComplainsToNobodyElse() {
    Packet asked = arriving(cast.friend()).udp(40000, 53);
    passesIn(asked);
    dropsOut(leaving(cast.stranger()).error(family == Family.V4 ? 3 : 1, 3, asked, WHOLE));
    dropsOut(leaving(cast.nobody()).error(family == Family.V4 ? 11 : 3, 0, asked, WHOLE));
    assertEquals(2, counted(DENIED));
  }

  @Test
  void theQuoteNeedsEightBytesOfItsTransportAndNoMore() {
    passesOut(sent());
    passesIn(arriving(cast.nobody()).error(tooBig(), 4, sent(), header() + 8));
    for (int length = 0; length < header() + 8; length++) {
      dropsIn(arriving(cast.nobody()).error(tooBig(), 4, sent(), length));
    }
    assertEquals(header() + 8, counted(DENIED));
  }

  @Test
  void theQuoteMayHaveOptionsOrExtensionHeaders() {
    Packet dressed =
        family == Family.V4
            ? sent().options(40)
            : sent()
                .extension(new Extension.Options(Extension.HOP_BY_HOP, 1))
                .extension(new Extension.Options(Extension.DESTINATION, 0));
    passesOut(dressed);
    passesIn(about(dressed));
    int quoted = dressed.datagram().length - 20 + 8;
    passesIn(arriving(cast.nobody()).error(tooBig(), 4, dressed, quoted));
    dropsIn(arriving(cast.nobody()).error(tooBig(), 4, dressed, quoted - 1));
  }

  @Test
  void theErrorMayHaveOptionsOrExtensionHeadersItself() {
    passesOut(sent());
    for (int count = 1; count <= 8; count++) {
      Packet error = about(sent());
      for (int i = 0; family == Family.V6 && i < count; i++) {
        error = error.extension(new Extension.Options(Extension.DESTINATION, 0));
      }
      passesIn(family == Family.V4 ? error.options(4 * count) : error);
    }
  }

  @Test
  void aPodComplainsFromTheAddressThatWasAsked() {
    Address second = cast.pod().plus(77);
    datapath.endpoint(LINE, new Endpoint(SUBJECT, Mode.ENFORCE, List.of(cast.pod(), second)));
    Packet asked = arriving(cast.friend()).udp(40000, 53);
    passesIn(asked);
    dropsOut(
        Packet.between(second, cast.friend()).error(family == Family.V4 ? 3 : 1, 3, asked, WHOLE));
  }

  @Test
  void theQuoteOfALaterFragmentSaysNothing() {
    Packet whole =
        leaving(cast.friend()).with(new io.merlon.datapath.packet.Payload.Udp(40000, 53, 64));
    passesOut(whole);
    passesIn(about(whole.fragment(0, 16, 9)));
    dropsIn(about(whole.fragment(16, 32, 9)));
  }

  @Test
  void aBrokenQuoteIsJudgedOnItsOwn() {
    passesOut(sent());
    int quote = 8;
    Packet error = about(sent());
    dropsIn(error.patch(Layer.TRANSPORT, quote, 0x00));
    if (family == Family.V4) {
      dropsIn(error.patch(Layer.TRANSPORT, quote, 0x44));
      dropsIn(error.patch(Layer.TRANSPORT, quote, 0x4f));
      dropsIn(error.patch(Layer.TRANSPORT, quote, 0x65));
    } else {
      dropsIn(error.patch(Layer.TRANSPORT, quote, 0x45));
      dropsIn(error.patch(Layer.TRANSPORT, quote + 6, Extension.ROUTING));
    }
  }

  @Test
  void aQuoteWithoutItsWholeHeaderIsJudgedOnItsOwn() {
    policy(isolated().everything(Cast.FRIENDS, EGRESS, true, RULE));
    Packet opaque = leaving(cast.friend()).opaque(47, 40);
    passesOut(opaque);
    passesIn(arriving(cast.nobody()).error(tooBig(), 4, opaque, header()));
    dropsIn(arriving(cast.nobody()).error(tooBig(), 4, opaque, header() - 1));
    if (family == Family.V4) {
      dropsIn(
          arriving(cast.nobody())
              .error(tooBig(), 4, opaque, header() + 5)
              .patch(Layer.TRANSPORT, 8, 0x47));
    }
  }

  @Test
  void anErrorAboutAPodsTalkWithItselfIsJudgedByThat() {
    Packet toItself = leaving(cast.pod()).tcp(40000, 443, SYN);
    passesOut(toItself);
    datapath.bumpEpoch();
    passesIn(about(toItself));
    assertEquals(2, counted(Code.SELF, EGRESS));
  }

  @Test
  void anErrorAboutARevokedFlowIsDenied() {
    passesOut(sent());
    policy(isolated());
    datapath.bumpEpoch();
    dropsIn(about(sent()));
    assertEquals(1, counted(DENIED));
  }

  @Test
  void anErrorAboutAFlowOfAnOldEpochIsJudgedAndLeavesItAlone() {
    passesOut(sent());
    policy(isolated().everything(Cast.FRIENDS, EGRESS, true, OTHER_RULE));
    datapath.bumpEpoch();
    passesIn(about(sent()));
    assertEquals(1, flow().epoch());
    assertEquals(FlowView.State.OPENING, flow().state());
    assertEquals(1, counted(OTHER_RULE));
  }

  @Test
  void anErrorDoesNotKeepAFlowAlive() {
    passesOut(sent());
    datapath.elapse(56);
    passesIn(about(sent()));
    datapath.elapse(7);
    dropsIn(about(sent()));
  }

  @Test
  void anErrorIsNotTheAnswerToAPingWithoutNumber() {
    policy(isolated().everything(Cast.FRIENDS, EGRESS, true, RULE));
    passesOut(leaving(cast.friend()).echoRequest(0));
    dropsIn(arriving(cast.friend()).error(tooBig(), 4, sent(), WHOLE));
  }

  @Test
  void anErrorWithAForeignSourceIsSpoofed() {
    Packet asked = arriving(cast.friend()).udp(40000, 53);
    passesIn(asked);
    dropsOut(Packet.between(cast.nobody(), cast.friend()).error(tooBig(), 0, asked, WHOLE));
    assertEquals(1, counted(Code.SPOOFED, EGRESS));
  }

  @Test
  void inAuditAnErrorCountsToTheDenialOfItsFlow() {
    policy(isolated().everything(Cast.STRANGERS, EGRESS, false, OTHER_RULE));
    endpoint(Mode.AUDIT);
    Packet denied = leaving(cast.stranger()).tcp(40000, 443, SYN);
    passesOut(denied);
    passesIn(about(denied));
    assertEquals(2, counted(OTHER_RULE, Mode.AUDIT));
  }
}
