package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.ProtocolGroup.TCP;
import static io.merlon.datapath.packet.Payload.ACK;
import static io.merlon.datapath.packet.Payload.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.datapath.harness.FlowView.State;
import io.merlon.datapath.harness.Mode;
import io.merlon.datapath.harness.TableSketch.Ports;
import io.merlon.datapath.packet.Packet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Observing and auditing pass everything, and count exactly what enforcing would have done. */
class ModePacketTest extends PacketStory {

  @BeforeEach
  void egressTo443() {
    policy(isolated().allow(Cast.FRIENDS, EGRESS, TCP, Ports.of(443), RULE));
  }

  private Packet deniedOut(int flags) {
    return leaving(cast.friend()).tcp(40000, 80, flags);
  }

  private Packet deniedBack(int flags) {
    return arriving(cast.friend()).tcp(80, 40000, flags);
  }

  @ParameterizedTest
  @EnumSource(names = {"OBSERVE", "AUDIT"})
  void aDeniedConnectionPassesAndAllItsPacketsCountToItsDenial(Mode mode) {
    endpoint(mode);
    passesOut(deniedOut(SYN));
    passesIn(deniedBack(SYN | ACK));
    passesOut(deniedOut(ACK));
    assertTrue(flow().wouldDeny());
    assertEquals(State.OPEN, flow().state());
    assertEquals(3, counted(DENIED, mode));
    assertEquals(0, counted(DENIED));
    assertEquals(0, counted(RULE, mode));
  }

  @ParameterizedTest
  @EnumSource(names = {"OBSERVE", "AUDIT"})
  void anAllowedConnectionIsCountedUnderItsModeToo(Mode mode) {
    endpoint(mode);
    passesOut(leaving(cast.friend()).tcp(40000, 443, SYN));
    passesIn(arriving(cast.friend()).tcp(443, 40000, SYN | ACK));
    assertFalse(flow().wouldDeny());
    assertEquals(2, counted(RULE, mode));
  }

  @Test
  void deniedQuestionsAndPingsAreFlowsToo() {
    endpoint(Mode.AUDIT);
    passesOut(leaving(cast.friend()).udp(40000, 53));
    passesIn(arriving(cast.friend()).udp(53, 40000));
    passesOut(leaving(cast.friend()).echoRequest(1));
    passesIn(arriving(cast.friend()).echoReply(1));
    assertEquals(4, counted(DENIED, Mode.AUDIT));
    assertEquals(2, datapath.flows().size());
  }

  @Test
  void enforcementTakesEffectWhenTheEpochMoves() {
    endpoint(Mode.AUDIT);
    passesOut(deniedOut(SYN));
    passesIn(deniedBack(SYN | ACK));
    endpoint(Mode.ENFORCE);
    datapath.bumpEpoch();
    dropsIn(deniedBack(ACK));
    dropsOut(deniedOut(ACK));
    assertTrue(flow().revoked());
    assertFalse(flow().wouldDeny());
    assertEquals(2, counted(DENIED));
  }

  @Test
  void whatNobodyRemembersIsDeniedOneByOneAndNotAdopted() {
    endpoint(Mode.AUDIT);
    passesOut(deniedOut(ACK));
    passesOut(deniedOut(SYN | ACK));
    passesIn(deniedBack(ACK));
    passesIn(arriving(cast.friend()).echoReply(1));
    noFlow();
    assertEquals(4, counted(DENIED, Mode.AUDIT));
  }

  @Test
  void aDeniedSynDoesNotDisturbAnAllowedConnection() {
    passesOut(leaving(cast.friend()).tcp(40000, 443, SYN));
    passesIn(arriving(cast.friend()).tcp(443, 40000, SYN | ACK));
    endpoint(Mode.AUDIT);
    passesIn(arriving(cast.friend()).tcp(443, 40000, SYN));
    assertFalse(flow().wouldDeny());
    assertEquals(State.OPEN, flow().state());
    assertEquals(1, counted(DENIED, Mode.AUDIT));
  }

  @Test
  void aDeniedReuseReplacesAFinishedConnection() {
    endpoint(Mode.AUDIT);
    passesOut(leaving(cast.friend()).tcp(40000, 443, SYN));
    passesIn(arriving(cast.friend()).tcp(443, 40000, 0x04));
    policy(isolated());
    passesOut(leaving(cast.friend()).tcp(40000, 443, SYN));
    assertTrue(flow().wouldDeny());
    assertEquals(State.OPENING, flow().state());
  }

  @Test
  void anAllowedReuseReplacesADeniedConnection() {
    endpoint(Mode.AUDIT);
    passesOut(deniedOut(SYN));
    passesIn(deniedBack(SYN | ACK));
    policy(isolated().everything(Cast.FRIENDS, EGRESS, true, RULE));
    passesOut(deniedOut(SYN));
    assertFalse(flow().wouldDeny());
    assertEquals(1, counted(RULE, Mode.AUDIT));
  }

  @Test
  void revokedInAuditAFlowGoesOnAndCountsToItsDenial() {
    endpoint(Mode.AUDIT);
    passesOut(leaving(cast.friend()).tcp(40000, 443, SYN));
    passesIn(arriving(cast.friend()).tcp(443, 40000, SYN | ACK));
    policy(isolated());
    datapath.bumpEpoch();
    passesIn(arriving(cast.friend()).tcp(443, 40000, ACK));
    passesOut(leaving(cast.friend()).tcp(40000, 443, ACK));
    assertTrue(flow().wouldDeny());
    assertEquals(2, counted(DENIED, Mode.AUDIT));
  }

  @Test
  void allowedAgainInAuditAFlowCountsToItsRule() {
    endpoint(Mode.AUDIT);
    passesOut(deniedOut(SYN));
    policy(isolated().everything(Cast.FRIENDS, EGRESS, true, RULE));
    datapath.bumpEpoch();
    passesIn(deniedBack(SYN | ACK));
    assertFalse(flow().wouldDeny());
    assertEquals(1, counted(RULE, Mode.AUDIT));
  }

  @Test
  void theModeOfAFlowIsTheOneItWasJudgedUnder() {
    endpoint(Mode.OBSERVE);
    passesOut(deniedOut(SYN));
    endpoint(Mode.AUDIT);
    passesIn(deniedBack(SYN | ACK));
    assertEquals(2, counted(DENIED, Mode.OBSERVE));
    datapath.bumpEpoch();
    passesIn(deniedBack(ACK));
    assertEquals(1, counted(DENIED, Mode.AUDIT));
  }
}
