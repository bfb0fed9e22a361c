package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.Direction.INGRESS;
import static io.merlon.datapath.harness.ProtocolGroup.TCP;
import static io.merlon.datapath.packet.Payload.ACK;
import static io.merlon.datapath.packet.Payload.FIN;
import static io.merlon.datapath.packet.Payload.RST;
import static io.merlon.datapath.packet.Payload.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.harness.Direction;
import io.merlon.datapath.harness.FlowView.State;
import io.merlon.datapath.harness.TableSketch.Ports;
import org.junit.jupiter.api.Test;

/** A connection's life, from its SYN to the reuse of its ports. */
class TcpFlowPacketTest extends PacketStory {

  private void egressTo443() {
    policy(isolated().allow(Cast.FRIENDS, EGRESS, TCP, Ports.of(443), RULE));
  }

  private void ingressOn80() {
    policy(isolated().allow(Cast.FRIENDS, INGRESS, TCP, Ports.of(80), RULE));
  }

  private void finish() {
    passesOut(out(FIN | ACK));
    passesIn(back(FIN | ACK));
  }

  @Test
  void opensByASynThatPolicyAllows() {
    egressTo443();
    passesOut(out(SYN));
    assertEquals(State.OPENING, flow().state());
    assertEquals(Direction.EGRESS, flow().opener());
    assertEquals(1, counted(RULE));
  }

  @Test
  void deniesASynThatNoRuleAllows() {
    egressTo443();
    dropsOut(leaving(cast.friend()).tcp(40000, 80, SYN));
    dropsOut(leaving(cast.stranger()).tcp(40000, 443, SYN));
    dropsIn(arriving(cast.friend()).tcp(40000, 443, SYN));
    noFlow();
    assertEquals(3, counted(DENIED));
  }

  @Test
  void answersPassWhateverTheOtherDirectionSays() {
    egressTo443();
    connect();
    passesIn(back(ACK));
    assertEquals(State.OPEN, flow().state());
    assertEquals(4, counted(RULE));
    assertEquals(0, counted(DENIED));
  }

  @Test
  void egressDenyAllStillAnswersAllowedConnections() {
    ingressOn80();
    passesIn(arriving(cast.friend()).tcp(40000, 80, SYN));
    passesOut(leaving(cast.friend()).tcp(80, 40000, SYN | ACK));
    passesIn(arriving(cast.friend()).tcp(40000, 80, ACK));
    passesOut(leaving(cast.friend()).tcp(80, 40000, ACK));
    assertEquals(State.OPEN, flow().state());
    assertEquals(INGRESS, flow().opener());
  }

  @Test
  void answerFromAnotherPortIsNoAnswer() {
    egressTo443();
    connect();
    dropsIn(arriving(cast.friend()).tcp(444, 40000, ACK));
    dropsIn(arriving(cast.friend()).tcp(443, 40001, SYN));
    dropsIn(arriving(cast.stranger()).tcp(443, 40000, ACK));
  }

  @Test
  void aFlowIsOfNoUseOnAnotherInterface() {
    egressTo443();
    connect();
    boolean elsewhere =
        datapath.send(io.merlon.datapath.harness.Hook.TO_POD, NEXT_LINE, back(ACK).frame());
    assertEquals(false, elsewhere);
  }

  @Test
  void finishedTupleIsJudgedAnew() {
    egressTo443();
    connect();
    finish();
    assertEquals(State.CLOSED, flow().state());
    policy(isolated());
    dropsOut(out(SYN));
    assertEquals(1, counted(DENIED));
  }

  @Test
  void liveTupleIsJudgedAnewByASynToo() {
    egressTo443();
    connect();
    policy(isolated());
    dropsOut(out(SYN));
    // The old connection goes on until the epoch says that something narrowed.
    passesIn(back(ACK));
    assertEquals(State.OPEN, flow().state());
  }

  @Test
  void synFromTheOtherEndIsJudgedInItsOwnDirection() {
    egressTo443();
    connect();
    dropsIn(back(SYN));
    assertEquals(EGRESS, flow().opener());
    policy(
        isolated()
            .allow(Cast.FRIENDS, EGRESS, TCP, Ports.of(443), RULE)
            .allow(Cast.FRIENDS, INGRESS, TCP, Ports.of(40000), OTHER_RULE));
    passesIn(back(SYN));
    assertEquals(INGRESS, flow().opener());
    assertEquals(State.OPENING, flow().state());
    assertEquals(1, counted(OTHER_RULE));
  }

  @Test
  void retransmittedSynIsTheSameOpening() {
    egressTo443();
    passesOut(out(SYN));
    passesOut(out(SYN));
    assertEquals(2, flow().egress().packets());
    assertEquals(State.OPENING, flow().state());
  }

  @Test
  void lastAcksOfAFinishedConnectionPassForTenSeconds() {
    egressTo443();
    connect();
    finish();
    policy(isolated());
    passesOut(out(ACK));
    datapath.elapse(7);
    passesIn(back(FIN | ACK));
    datapath.elapse(14);
    dropsOut(out(ACK));
  }

  @Test
  void oneFinLeavesTheOtherHalfOpen() {
    egressTo443();
    connect();
    passesOut(out(FIN | ACK));
    passesOut(out(FIN | ACK));
    assertEquals(State.CLOSING, flow().state());
    passesIn(back(ACK));
    assertEquals(State.CLOSING, flow().state());
    passesIn(back(FIN | ACK));
    assertEquals(State.CLOSED, flow().state());
  }

  @Test
  void resetOfEitherEndCloses() {
    egressTo443();
    connect();
    passesOut(out(RST));
    assertEquals(State.CLOSED, flow().state());
    datapath.elapse(14);
    connect();
    passesIn(back(RST | ACK));
    assertEquals(State.CLOSED, flow().state());
  }

  @Test
  void refusedOpeningIsClosed() {
    egressTo443();
    passesOut(out(SYN));
    passesIn(back(RST | ACK));
    assertEquals(State.CLOSED, flow().state());
  }

  @Test
  void aNewConnectionReplacesAFinishedOne() {
    egressTo443();
    connect();
    finish();
    connect();
    assertEquals(State.OPEN, flow().state());
    assertEquals(2, flow().egress().packets());
  }

  @Test
  void anUnansweredOpeningIsForgottenAfterAMinute() {
    egressTo443();
    passesOut(out(SYN));
    datapath.elapse(56);
    assertEquals(State.OPENING, flow().state());
    datapath.elapse(7);
    noFlow();
    // The late answer is one to an opening that policy would still allow.
    passesIn(back(SYN | ACK));
    noFlow();
  }

  @Test
  void anOpenConnectionMayBeSilentForHours() {
    egressTo443();
    connect();
    policy(isolated());
    datapath.elapse(3 * 3600 - 60);
    passesIn(back(ACK));
    datapath.elapse(3 * 3600 - 60);
    passesOut(out(ACK));
    datapath.elapse(3 * 3600 + 60);
    dropsIn(back(ACK));
    noFlow();
  }

  @Test
  void halfClosedConnectionIsForgottenAfterAMinute() {
    egressTo443();
    connect();
    passesOut(out(FIN | ACK));
    policy(isolated());
    datapath.elapse(56);
    passesIn(back(ACK));
    datapath.elapse(63);
    dropsIn(back(ACK));
  }
}
