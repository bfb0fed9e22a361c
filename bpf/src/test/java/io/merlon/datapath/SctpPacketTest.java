package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.Direction.INGRESS;
import static io.merlon.datapath.harness.ProtocolGroup.SCTP;
import static io.merlon.datapath.harness.ProtocolGroup.TCP;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.harness.Code;
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

  /**
   * IP keeps eight bytes of a first fragment of fewer than sixteen: what follows would be
   * anybody's.
   */
  @Test
  void aFirstFragmentHoldsTheChunksHeader() {
    Packet init = leaving(cast.friend()).with(new Sctp(40000, 3868, Sctp.INIT, 60));
    for (int length : new int[] {8, 12, 13, 15}) {
      dropsOut(init.fragment(0, length, length));
      dropsIn(arriving(cast.friend()).with(init.payload()).fragment(0, length, length));
    }
    assertEquals(4, counted(Code.TRUNCATED, EGRESS));
    assertEquals(4, counted(Code.TRUNCATED, INGRESS));
    noFlow();
    passesOut(init.fragment(0, 16, 16));
    assertEquals(State.OPENING, flow().state());
    dropsOut(init.fragment(8, 24, 16));
    assertEquals(1, counted(Code.FRAGMENT_OVERLAP, EGRESS));
    passesOut(init.fragment(16, 1000, 16));
  }

  @Test
  void aHeaderWithoutAChunkIsData() {
    passesOut(out(-1));
    assertEquals(State.OPEN, flow().state());
  }
}
