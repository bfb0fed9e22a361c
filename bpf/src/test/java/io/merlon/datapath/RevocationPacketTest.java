package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.Direction.INGRESS;
import static io.merlon.datapath.harness.ProtocolGroup.OTHER;
import static io.merlon.datapath.harness.ProtocolGroup.UDP;
import static io.merlon.datapath.packet.Payload.ACK;
import static io.merlon.datapath.packet.Payload.FIN;
import static io.merlon.datapath.packet.Payload.RST;
import static io.merlon.datapath.packet.Payload.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.datapath.harness.Direction;
import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.FlowView.State;
import io.merlon.datapath.harness.Mode;
import io.merlon.datapath.harness.TableSketch;
import io.merlon.datapath.harness.TableSketch.Ports;
import io.merlon.datapath.packet.Packet;
import io.merlon.datapath.packet.Payload.Sctp;
import io.merlon.datapath.packet.Payload.Udp;
import org.junit.jupiter.api.Test;

/**
 * A pod that was open in both directions loses one: what it had opened there must not go on, though
 * each packet of the other direction would be welcome if it opened something.
 */
class RevocationPacketTest extends PacketStory {
  private static final int ALLOWED = RULE;

  /** Open in both directions; whatever a packet begins counts to {@link #ALLOWED}. */
  private void open() {
    policy(TableSketch.open(Cast.CLASSES, ALLOWED));
  }

  /** Closed in one direction, as an isolating policy without rules would. */
  private void close(Direction direction) {
    TableSketch sketch = TableSketch.open(Cast.CLASSES, ALLOWED);
    for (int row = 0; row < Cast.CLASSES; row++) {
      sketch.everything(row, direction, false, DENIED);
    }
    policy(sketch);
    datapath.bumpEpoch();
  }

  private Packet question() {
    return leaving(cast.friend()).udp(40000, 53);
  }

  private Packet answer() {
    return arriving(cast.friend()).udp(53, 40000);
  }

  private void connected() {
    open();
    passesOut(out(SYN));
    passesIn(back(SYN | ACK));
    passesOut(out(ACK));
  }

  private void accepted() {
    open();
    passesIn(back(SYN));
    passesOut(out(SYN | ACK));
    passesIn(back(ACK));
  }

  private void talking() {
    open();
    passesOut(question());
    passesIn(answer());
  }

  @Test
  void aConnectionThatThePodOpenedEndsWithItsEgress() {
    connected();
    close(EGRESS);
    for (int turn = 0; turn < 3; turn++) {
      dropsIn(back(ACK));
      dropsOut(out(ACK));
    }
    assertEquals(6, counted(DENIED));
    assertTrue(flow().revoked());
    assertEquals(EGRESS, flow().opener());
  }

  @Test
  void aConnectionToThePodEndsWithItsIngress() {
    accepted();
    close(INGRESS);
    for (int turn = 0; turn < 3; turn++) {
      dropsOut(out(ACK));
      dropsIn(back(ACK));
    }
    assertEquals(6, counted(DENIED));
    assertEquals(INGRESS, flow().opener());
  }

  @Test
  void theOtherDirectionsClosingIsNoneOfItsBusiness() {
    connected();
    close(INGRESS);
    passesIn(back(ACK));
    passesOut(out(ACK));
    assertEquals(0, counted(DENIED));
  }

  @Test
  void aConversationEndsToo() {
    talking();
    close(EGRESS);
    dropsIn(answer());
    dropsOut(question());
    dropsIn(answer());
    assertEquals(3, counted(DENIED));
    assertEquals(1, flow().egress().packets());
    assertEquals(1, flow().ingress().packets());
  }

  @Test
  void whatHasNoPortsEndsToo() {
    open();
    passesOut(leaving(cast.friend()).opaque(47, 8));
    close(EGRESS);
    dropsIn(arriving(cast.friend()).opaque(47, 8));
    dropsOut(leaving(cast.friend()).opaque(47, 8));
    dropsIn(arriving(cast.friend()).opaque(47, 8));
  }

  @Test
  void anAssociationEndsTooUntilItIsOpenedAnew() {
    open();
    passesOut(leaving(cast.friend()).sctp(40000, 99, Sctp.INIT));
    passesIn(arriving(cast.friend()).sctp(99, 40000, 2));
    close(EGRESS);
    dropsIn(arriving(cast.friend()).sctp(99, 40000, 0));
    dropsOut(leaving(cast.friend()).sctp(40000, 99, 0));
    passesIn(arriving(cast.friend()).sctp(99, 40000, Sctp.INIT));
    passesOut(leaving(cast.friend()).sctp(40000, 99, 2));
    assertEquals(INGRESS, flow().opener());
  }

  @Test
  void nothingThatLooksLikeAnAnswerBringsItBack() {
    for (int flags : new int[] {0, ACK, SYN | ACK, FIN | ACK, RST, RST | ACK}) {
      datapath.reset();
      setTheScene();
      connected();
      close(EGRESS);
      dropsIn(back(flags));
      dropsOut(out(ACK));
      dropsIn(back(flags));
      assertEquals(State.OPEN, flow().state());
    }
  }

  @Test
  void aSynOfTheOtherEndIsAnOpeningOfItsOwn() {
    connected();
    close(EGRESS);
    dropsIn(back(ACK));
    passesIn(back(SYN));
    assertFalse(flow().revoked());
    assertEquals(INGRESS, flow().opener());
    assertEquals(State.OPENING, flow().state());
    passesOut(out(SYN | ACK));
    passesIn(back(ACK));
    passesOut(out(ACK));
    assertEquals(State.OPEN, flow().state());
  }

  @Test
  void aSynOfItsOpenerIsJudgedAnew() {
    connected();
    close(EGRESS);
    dropsOut(out(ACK));
    dropsOut(out(SYN));
    assertTrue(flow().revoked());
    open();
    passesOut(out(SYN));
    assertFalse(flow().revoked());
    assertEquals(State.OPENING, flow().state());
    passesIn(back(SYN | ACK));
  }

  @Test
  void aSynThatIsDeniedLeavesItRevoked() {
    accepted();
    close(INGRESS);
    dropsOut(out(ACK));
    dropsIn(back(SYN));
    dropsOut(out(ACK));
    assertTrue(flow().revoked());
  }

  @Test
  void aPingFromTheOtherEndIsNoAnswer() {
    open();
    passesOut(leaving(cast.friend()).echoRequest(7));
    passesIn(arriving(cast.friend()).echoReply(7));
    close(EGRESS);
    dropsOut(leaving(cast.friend()).echoRequest(7));
    dropsIn(arriving(cast.friend()).echoReply(7));
    dropsOut(leaving(cast.friend()).echoRequest(7));
    passesIn(arriving(cast.friend()).echoRequest(7));
    passesOut(leaving(cast.friend()).echoReply(7));
    assertEquals(INGRESS, flow().opener());
  }

  @Test
  void restoredItGoesOnWithTheNextPacketOfEitherEnd() {
    connected();
    close(EGRESS);
    dropsIn(back(ACK));
    // Widening moves no epoch.
    policy(TableSketch.open(Cast.CLASSES, OTHER_RULE));
    passesIn(back(ACK));
    passesOut(out(ACK));
    assertFalse(flow().revoked());
    assertEquals(State.OPEN, flow().state());
    assertEquals(2, counted(OTHER_RULE));
    close(EGRESS);
    dropsOut(out(ACK));
    open();
    passesOut(out(ACK));
  }

  @Test
  void restoredAConversationGoesOn() {
    talking();
    close(EGRESS);
    dropsIn(answer());
    open();
    passesIn(answer());
    assertEquals(State.BOTH_WAYS, flow().state());
    passesOut(question());
  }

  @Test
  void anotherDenialCountsToItself() {
    connected();
    close(EGRESS);
    dropsIn(back(ACK));
    policy(
        TableSketch.open(Cast.CLASSES, ALLOWED)
            .everything(Cast.FRIENDS, EGRESS, false, OTHER_RULE));
    dropsIn(back(ACK));
    assertEquals(1, counted(DENIED));
    assertEquals(1, counted(OTHER_RULE));
  }

  @Test
  void theEndsOfAConnectionMayTryAgainAfterMinutes() {
    connected();
    passesIn(back(FIN | ACK));
    close(EGRESS);
    for (int i = 0; i < 10; i++) {
      dropsIn(back(FIN | ACK));
      datapath.elapse(182);
    }
    dropsOut(out(ACK));
  }

  @Test
  void aConversationIsOverWhenBothEndsHaveBeenSilent() {
    talking();
    close(EGRESS);
    for (int i = 0; i < 5; i++) {
      dropsIn(answer());
      datapath.elapse(175);
    }
    dropsOut(question());
    datapath.elapse(182);
    noFlow();
    passesIn(answer());
    assertEquals(INGRESS, flow().opener());
    passesOut(question());
  }

  @Test
  void whoGoesOnForHoursHasReasonOfItsOwn() {
    talking();
    close(EGRESS);
    dropsIn(answer());
    for (int spent = 0; spent <= 3 * 3600; spent += 175) {
      datapath.elapse(175);
      dropsIn(answer());
    }
    datapath.elapse(175);
    passesIn(answer());
    assertEquals(INGRESS, flow().opener());
  }

  @Test
  void errorsAboutItAreNotItsOwnAnyMore() {
    talking();
    close(EGRESS);
    Packet error = arriving(cast.nobody()).error(family == Family.V4 ? 3 : 1, 0, question(), 2000);
    TableSketch ingressOfUdpOnly =
        isolated().allow(Cast.FRIENDS, INGRESS, UDP, Ports.ALL, OTHER_RULE);
    policy(ingressOfUdpOnly);
    dropsIn(answer());
    dropsIn(error);
    policy(ingressOfUdpOnly.allow(Cast.FRIENDS, EGRESS, UDP, Ports.ALL, OTHER_RULE));
    passesIn(error);
    assertTrue(flow().revoked());
    policy(isolated().allow(0, INGRESS, OTHER, Ports.ALL, OTHER_RULE));
    passesIn(error);
  }

  @Test
  void aDatagramThatHasBegunIsCutToo() {
    talking();
    Packet whole = arriving(cast.friend()).with(new Udp(53, 40000, 100));
    passesIn(whole.fragment(0, 48, 3));
    passesIn(whole.fragment(48, 96, 3));
    policy(isolated());
    datapath.bumpEpoch();
    dropsIn(whole.fragment(96, 1000, 3));
    dropsIn(whole.fragment(0, 48, 4));
    dropsIn(whole.fragment(48, 1000, 4));
    assertEquals(3, counted(DENIED));
  }

  @Test
  void unenforcedItGoesOnAndEveryPacketIsCounted() {
    for (Mode mode : new Mode[] {Mode.AUDIT, Mode.OBSERVE}) {
      datapath.reset();
      setTheScene();
      endpoint(mode);
      connected();
      close(EGRESS);
      passesIn(back(ACK));
      passesOut(out(ACK));
      passesIn(back(ACK));
      assertEquals(3, counted(DENIED, mode));
      assertFalse(flow().revoked());
      assertTrue(flow().wouldDeny());
      assertEquals(EGRESS, flow().opener());
    }
  }

  @Test
  void noLongerEnforcedItGoesOnAsWhatWouldBeDenied() {
    connected();
    close(EGRESS);
    dropsIn(back(ACK));
    endpoint(Mode.AUDIT);
    passesIn(back(ACK));
    assertFalse(flow().revoked());
    assertTrue(flow().wouldDeny());
    assertEquals(1, counted(DENIED, Mode.AUDIT));
    endpoint(Mode.ENFORCE);
    datapath.bumpEpoch();
    dropsOut(out(ACK));
    endpoint(Mode.AUDIT);
    passesOut(out(SYN));
    assertEquals(State.OPENING, flow().state());
    assertTrue(flow().wouldDeny());
  }
}
