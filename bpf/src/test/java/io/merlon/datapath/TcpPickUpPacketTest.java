package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.Direction.INGRESS;
import static io.merlon.datapath.harness.ProtocolGroup.TCP;
import static io.merlon.datapath.packet.Payload.ACK;
import static io.merlon.datapath.packet.Payload.FIN;
import static io.merlon.datapath.packet.Payload.RST;
import static io.merlon.datapath.packet.Payload.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.merlon.datapath.harness.FlowView.State;
import io.merlon.datapath.harness.Hook;
import io.merlon.datapath.harness.Mode;
import io.merlon.datapath.harness.Settings;
import io.merlon.datapath.harness.Stat;
import io.merlon.datapath.harness.TableSketch;
import io.merlon.datapath.harness.TableSketch.Ports;
import io.merlon.datapath.packet.Packet;
import org.junit.jupiter.api.Test;

/** Segments of connections that nobody remembers: after an upgrade, after eviction, or forged. */
class TcpPickUpPacketTest extends PacketStory {

  private void egressTo443() {
    policy(isolated().allow(Cast.FRIENDS, EGRESS, TCP, Ports.of(443), RULE));
  }

  @Test
  void segmentThatCouldHaveOpenedIsAdopted() {
    egressTo443();
    passesOut(out(ACK));
    assertEquals(State.OPEN, flow().state());
    assertEquals(EGRESS, flow().opener());
    assertEquals(1, datapath.stat(Stat.PICKED_UP));
    passesIn(back(ACK));
    assertEquals(2, counted(RULE));
    assertEquals(0, datapath.stat(Stat.PASSED_AS_ANSWER));
  }

  @Test
  void answerWithoutAFlowPassesWhereItsOpeningWould() {
    egressTo443();
    passesIn(back(ACK));
    noFlow();
    assertEquals(1, counted(RULE));
    assertEquals(0, counted(DENIED));
    assertEquals(1, datapath.stat(Stat.PASSED_AS_ANSWER));
    passesIn(back(SYN | ACK));
    passesIn(back(RST));
    assertEquals(3, datapath.stat(Stat.PASSED_AS_ANSWER));
  }

  /**
   * Both ends forge segments: what policy denies in their direction goes on, and the number tells.
   */
  @Test
  void eachPacketOfATunnelOfForgedSegmentsIsCounted() {
    egressTo443();
    for (int packet = 1; packet <= 10; packet++) {
      passesIn(back(ACK));
      assertEquals(packet, datapath.stat(Stat.PASSED_AS_ANSWER));
    }
    noFlow();
    dropsIn(back(SYN));
    assertEquals(10, datapath.stat(Stat.PASSED_AS_ANSWER));
  }

  @Test
  void whatPassesUnenforcedIsNoAnswer() {
    endpoint(Mode.AUDIT);
    passesIn(back(ACK));
    passesIn(back(SYN | ACK));
    assertEquals(0, datapath.stat(Stat.PASSED_AS_ANSWER));
  }

  @Test
  void answerWithoutAFlowIsDeniedWhereItsOpeningWouldBe() {
    egressTo443();
    dropsIn(arriving(cast.friend()).tcp(444, 40000, ACK));
    dropsIn(arriving(cast.stranger()).tcp(443, 40000, ACK));
    assertEquals(2, counted(DENIED));
    noFlow();
  }

  @Test
  void aFinIsAdoptedAsAClosingConnection() {
    egressTo443();
    passesOut(out(FIN | ACK));
    assertEquals(State.CLOSING, flow().state());
    passesIn(back(FIN | ACK));
    assertEquals(State.CLOSED, flow().state());
  }

  @Test
  void aResetNeverMakesAFlow() {
    egressTo443();
    passesOut(out(RST));
    passesIn(back(RST | ACK));
    noFlow();
    assertEquals(2, counted(RULE));
    dropsOut(leaving(cast.stranger()).tcp(40000, 443, RST));
  }

  @Test
  void synAckNeverMakesAFlow() {
    egressTo443();
    passesIn(back(SYN | ACK));
    noFlow();
    // Its own direction allows it, but whom would it answer?
    dropsOut(out(SYN | ACK));
    assertEquals(1, counted(DENIED));
    noFlow();
  }

  @Test
  void synAckOfAConnectionThePodMayAcceptPasses() {
    policy(isolated().allow(Cast.FRIENDS, INGRESS, TCP, Ports.of(80), RULE));
    passesOut(leaving(cast.friend()).tcp(80, 40000, SYN | ACK));
    noFlow();
    assertEquals(1, counted(RULE));
  }

  @Test
  void forgedSynAckFromANeighbourOpensNothing() {
    policy(isolated().everything(Cast.PODS, EGRESS, true, RULE));
    datapath.table(NEXT_SUBJECT, TableSketch.open(1, RULE).table());
    Packet forged = Packet.between(cast.pod(), cast.friend()).tcp(443, 40000, SYN | ACK);
    assertFalse(datapath.send(Hook.FROM_POD, NEXT_LINE, forged.frame()));
    datapath.configure(Settings.DEFAULT.withVerifySource(false));
    datapath.send(Hook.FROM_POD, NEXT_LINE, forged.frame());
    noFlow();
    dropsIn(arriving(cast.friend()).tcp(40000, 443, ACK));
    dropsOut(leaving(cast.friend()).tcp(443, 40000, ACK));
  }

  @Test
  void forgedSegmentsOfAStrangerOpenNothing() {
    egressTo443();
    for (int flags : new int[] {SYN | ACK, ACK, FIN | ACK, RST, 0}) {
      dropsIn(arriving(cast.stranger()).tcp(443, 40000, flags));
    }
    noFlow();
  }

  @Test
  void synWithoutAckIsAnOpenerWhateverElseItSays() {
    egressTo443();
    dropsIn(back(SYN | FIN));
    noFlow();
    passesOut(out(SYN | FIN));
    assertEquals(State.OPENING, flow().state());
  }
}
