package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.Direction.INGRESS;
import static io.merlon.datapath.harness.ProtocolGroup.TCP;
import static io.merlon.datapath.harness.ProtocolGroup.UDP;
import static io.merlon.datapath.packet.Payload.ACK;
import static io.merlon.datapath.packet.Payload.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.datapath.harness.FlowView.State;
import io.merlon.datapath.harness.PeerClass;
import io.merlon.datapath.harness.TableSketch.Ports;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Policy changes in the middle of a flow. */
class EpochPacketTest extends PacketStory {

  @BeforeEach
  void egressTo443() {
    policy(
        isolated()
            .allow(Cast.FRIENDS, EGRESS, TCP, Ports.of(443), RULE)
            .allow(Cast.FRIENDS, INGRESS, TCP, Ports.of(80), RULE)
            .allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(53), RULE));
  }

  private void narrow() {
    policy(isolated());
    datapath.bumpEpoch();
  }

  @Test
  void aRevokedConnectionIsCutByItsOwnPackets() {
    connect();
    narrow();
    dropsOut(out(ACK));
    assertTrue(flow().revoked());
    dropsIn(back(ACK));
    assertEquals(2, counted(DENIED));
  }

  @Test
  void aRevokedConnectionIsCutByItsAnswers() {
    connect();
    narrow();
    dropsIn(back(ACK));
    assertTrue(flow().revoked());
    dropsOut(out(ACK));
    assertEquals(2, counted(DENIED));
  }

  @Test
  void aRevokedServerIsCutInBothDirections() {
    passesIn(arriving(cast.friend()).tcp(40000, 80, SYN));
    passesOut(leaving(cast.friend()).tcp(80, 40000, SYN | ACK));
    narrow();
    dropsOut(leaving(cast.friend()).tcp(80, 40000, ACK));
    dropsIn(arriving(cast.friend()).tcp(40000, 80, ACK));
    assertEquals(2, counted(DENIED));
  }

  @Test
  void aRevokedConversationIsCut() {
    passesOut(leaving(cast.friend()).udp(40000, 53));
    narrow();
    dropsIn(arriving(cast.friend()).udp(53, 40000));
    dropsOut(leaving(cast.friend()).udp(40000, 53));
    assertEquals(2, counted(DENIED));
  }

  @Test
  void anAnswerIsJudgedByItsOpening() {
    connect();
    // Ingress stays closed; what counts is that egress to 443 is still open.
    policy(isolated().allow(Cast.FRIENDS, EGRESS, TCP, Ports.of(443), OTHER_RULE));
    datapath.bumpEpoch();
    passesIn(back(ACK));
    assertEquals(2, flow().epoch());
    assertEquals(1, counted(OTHER_RULE));
    passesOut(out(ACK));
    assertEquals(2, counted(OTHER_RULE));
    assertEquals(State.OPEN, flow().state());
  }

  @Test
  void withoutAnEpochAFlowKeepsItsRule() {
    connect();
    policy(isolated());
    passesOut(out(ACK));
    passesIn(back(ACK));
    assertEquals(5, counted(RULE));
    assertEquals(1, flow().epoch());
  }

  @Test
  void anAddressThatChangesItsClassLosesItsFlows() {
    connect();
    datapath.address(cast.friend(), PeerClass.of(Cast.STRANGERS));
    datapath.bumpEpoch();
    dropsIn(back(ACK));
    datapath.address(cast.friend(), PeerClass.of(Cast.FRIENDS));
    passesIn(back(ACK));
    assertFalse(flow().revoked());
  }

  @Test
  void aReusedAddressIsJudgedAsWhatItIsNow() {
    passesOut(leaving(cast.friend()).udp(40000, 53));
    datapath.removeAddress(cast.friend());
    datapath.bumpEpoch();
    dropsOut(leaving(cast.friend()).udp(40000, 53));
    assertTrue(flow().revoked());
  }

  @Test
  void manyEpochsMayPassUnseen() {
    connect();
    for (int i = 0; i < 300; i++) {
      datapath.bumpEpoch();
    }
    passesIn(back(ACK));
    assertEquals(301, flow().epoch());
  }

  @Test
  void aRetransmittedSynOfAnOldEpochIsJudgedAnew() {
    passesOut(out(SYN));
    narrow();
    dropsOut(out(SYN));
    assertEquals(1, counted(DENIED));
  }

  @Test
  void theRejudgedPacketStillMovesTheFlow() {
    connect();
    datapath.bumpEpoch();
    passesOut(out(0x11));
    assertEquals(State.CLOSING, flow().state());
    datapath.bumpEpoch();
    passesIn(back(0x04));
    assertEquals(State.CLOSED, flow().state());
  }

  @Test
  void lastAcksOfARevokedConnectionAreCutToo() {
    connect();
    passesOut(out(0x04));
    narrow();
    dropsIn(back(ACK));
    assertTrue(flow().revoked());
  }
}
