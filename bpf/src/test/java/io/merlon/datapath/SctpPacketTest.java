package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.ProtocolGroup.SCTP;
import static io.merlon.datapath.harness.ProtocolGroup.TCP;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.harness.FlowView.State;
import io.merlon.datapath.harness.TableSketch.Ports;
import io.merlon.datapath.packet.Packet;
import io.merlon.datapath.packet.Payload.Sctp;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Associations: a protocol of its own, never taken for TCP. */
class SctpPacketTest extends PacketStory {
  private static final int COOKIE_ECHO = 10;

  @BeforeEach
  void allowDiameter() {
    policy(isolated().allow(Cast.FRIENDS, EGRESS, SCTP, Ports.of(3868), RULE));
  }

  @Override
  Packet out(int chunk) {
    return leaving(cast.friend()).sctp(40000, 3868, chunk);
  }

  @Override
  Packet back(int chunk) {
    return arriving(cast.friend()).sctp(3868, 40000, chunk);
  }

  @Test
  void anAssociationOpensAndCloses() {
    passesOut(out(Sctp.INIT));
    assertEquals(State.OPENING, flow().state());
    passesIn(back(Sctp.INIT_ACK));
    passesOut(out(COOKIE_ECHO));
    assertEquals(State.OPEN, flow().state());
    passesIn(back(Sctp.SHUTDOWN_COMPLETE));
    assertEquals(State.CLOSED, flow().state());
  }

  @Test
  void anAbortCloses() {
    passesOut(out(Sctp.INIT));
    passesIn(back(Sctp.ABORT));
    assertEquals(State.CLOSED, flow().state());
  }

  @Test
  void aRuleForTcpIsNoneForSctp() {
    policy(isolated().allow(Cast.FRIENDS, EGRESS, TCP, Ports.ALL, RULE));
    dropsOut(out(Sctp.INIT));
    policy(isolated().allow(Cast.FRIENDS, EGRESS, SCTP, Ports.ALL, RULE));
    dropsOut(leaving(cast.friend()).tcp(40000, 3868, 2));
  }

  @Test
  void anInitOfTheOtherEndIsJudgedInItsOwnDirection() {
    passesOut(out(Sctp.INIT));
    passesIn(back(Sctp.INIT_ACK));
    dropsIn(back(Sctp.INIT));
    assertEquals(State.OPEN, flow().state());
    assertEquals(EGRESS, flow().opener());
  }

  @Test
  void aNewInitBeginsAnew() {
    passesOut(out(Sctp.INIT));
    passesIn(back(Sctp.INIT_ACK));
    policy(isolated());
    dropsOut(out(Sctp.INIT));
    passesIn(back(Sctp.DATA));
  }

  @Test
  void dataWithoutAnAssociationIsAdoptedOrDenied() {
    dropsIn(arriving(cast.stranger()).sctp(3868, 40000, Sctp.DATA));
    passesIn(back(Sctp.DATA));
    noFlow();
    passesOut(out(Sctp.DATA));
    assertEquals(State.OPEN, flow().state());
  }

  @Test
  void aHeaderWithoutAChunkIsData() {
    passesOut(out(-1));
    assertEquals(State.OPEN, flow().state());
  }
}
