package io.merlon.datapath;

import static io.merlon.datapath.packet.Payload.ACK;
import static io.merlon.datapath.packet.Payload.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.datapath.harness.Direction;
import io.merlon.datapath.harness.Endpoint.End;
import io.merlon.datapath.harness.Hook;
import io.merlon.datapath.harness.Mode;
import io.merlon.datapath.harness.ProtocolGroup;
import io.merlon.datapath.harness.TableSketch.Ports;
import io.merlon.datapath.packet.Packet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A mode ends by itself: nobody writes anything but the end, and no epoch moves. Time is a kernel's
 * own, so the end moves from the future into the past instead.
 */
class ModeEndPacketTest extends PacketStory {

  private Packet opener(Direction direction, int flags) {
    return direction == Direction.EGRESS
        ? out(flags)
        : arriving(cast.friend()).tcp(50000, 80, flags);
  }

  private Packet answer(Direction direction, int flags) {
    return direction == Direction.EGRESS
        ? back(flags)
        : leaving(cast.friend()).tcp(80, 50000, flags);
  }

  private void passes(Direction opener, boolean answer, int flags) {
    send(true, opener, answer, flags);
  }

  private void drops(Direction opener, boolean answer, int flags) {
    send(false, opener, answer, flags);
  }

  private void send(boolean passes, Direction opener, boolean answer, int flags) {
    boolean leaves = (opener == Direction.EGRESS) != answer;
    Packet packet = answer ? answer(opener, flags) : opener(opener, flags);
    expect(passes, leaves ? Hook.FROM_POD : Hook.TO_POD, packet.frame());
  }

  @ParameterizedTest
  @EnumSource
  void untilTheEndDenialsAreReportedAndThenCarriedOut(Direction direction) {
    endpoint(Mode.AUDIT, End.TO_COME);
    passes(direction, false, SYN);
    assertEquals(1, counted(DENIED, Mode.AUDIT));
    endpoint(Mode.AUDIT, End.PAST);
    drops(direction, false, SYN);
    assertEquals(1, counted(DENIED, Mode.AUDIT));
    assertEquals(1, counted(DENIED));
  }

  @ParameterizedTest
  @EnumSource
  void whatWasLetInIsCutByTheEnd(Direction direction) {
    endpoint(Mode.AUDIT, End.TO_COME);
    passes(direction, false, SYN);
    passes(direction, true, SYN | ACK);
    passes(direction, false, ACK);
    assertEquals(3, counted(DENIED, Mode.AUDIT));
    assertEquals(3, flow().egress().packets() + flow().ingress().packets());
    endpoint(Mode.AUDIT, End.PAST);
    drops(direction, true, ACK);
    drops(direction, false, ACK);
    assertTrue(flow().revoked());
    assertEquals(2, counted(DENIED));
  }

  @Test
  void questionsAndPingsLetInAreCutToo() {
    endpoint(Mode.OBSERVE, End.TO_COME);
    passesOut(leaving(cast.friend()).udp(40000, 53));
    passesIn(arriving(cast.friend()).udp(53, 40000));
    passesIn(arriving(cast.friend()).echoRequest(1));
    passesOut(leaving(cast.friend()).echoReply(1));
    endpoint(Mode.OBSERVE, End.PAST);
    dropsIn(arriving(cast.friend()).udp(53, 40000));
    dropsOut(leaving(cast.friend()).echoReply(1));
  }

  @Test
  void whatPolicyAllowsOutlastsTheEnd() {
    policy(
        isolated().allow(Cast.FRIENDS, Direction.EGRESS, ProtocolGroup.TCP, Ports.of(443), RULE));
    endpoint(Mode.AUDIT, End.TO_COME);
    connect();
    endpoint(Mode.AUDIT, End.PAST);
    passesIn(back(ACK));
    assertFalse(flow().revoked());
  }

  @Test
  void anEndThatIsPutOffOrTakenAwayCutsNothing() {
    endpoint(Mode.AUDIT, End.TO_COME);
    connect();
    endpoint(Mode.AUDIT, End.TO_COME);
    passesOut(out(ACK));
    endpoint(Mode.AUDIT);
    passesOut(out(ACK));
    assertTrue(flow().wouldDeny());
    assertEquals(5, counted(DENIED, Mode.AUDIT));
  }

  @Test
  void anOpenerSentAgainTravelsOnWhatWasLetIn() {
    endpoint(Mode.AUDIT, End.TO_COME);
    passesOut(out(SYN));
    passesOut(out(SYN));
    assertEquals(2, flow().egress().packets());
    endpoint(Mode.AUDIT, End.PAST);
    dropsOut(out(SYN));
  }
}
