package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.Direction.INGRESS;
import static io.merlon.datapath.harness.ProtocolGroup.TCP;
import static io.merlon.datapath.harness.ProtocolGroup.UDP;
import static io.merlon.datapath.packet.Payload.ACK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.FlowKey;
import io.merlon.datapath.harness.FlowView;
import io.merlon.datapath.harness.Stat;
import io.merlon.datapath.harness.TableSketch.Ports;
import io.merlon.datapath.packet.Packet;
import io.merlon.datapath.packet.Payload.Udp;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * More flows and fragments than there is room for. What has been idle for longest is forgotten,
 * nothing is refused, and what was forgotten is judged as what nobody remembers.
 */
@ExtendWith(OneProcessor.class)
class FullMapPacketTest extends KernelStory {
  /** What the maps of the tests hold, and several times that. */
  private static final int ROOM = 2048;

  private static final int FLOOD = 5 * ROOM;

  @BeforeEach
  void someEgress() {
    policy(
        isolated()
            .allow(Cast.FRIENDS, EGRESS, TCP, Ports.of(443), RULE)
            .allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(53), OTHER_RULE));
  }

  /** Flows that are in use themselves. */
  private void crowd() {
    for (int port = 1; port <= FLOOD; port++) {
      passesOut(leaving(cast.friend()).udp(port, 53));
      passesIn(arriving(cast.friend()).udp(53, port));
    }
  }

  /** Flows of one packet each. */
  private void flood(Runnable meanwhile) {
    for (int port = 1; port <= FLOOD; port++) {
      passesOut(leaving(cast.friend()).udp(port, 53));
      if (port % 64 == 0) {
        meanwhile.run();
      }
    }
  }

  private @Nullable FlowView connection() {
    return datapath.flows().get(new FlowKey(LINE, cast.pod(), cast.friend(), 40000, 443, 6));
  }

  @Test
  void everyNewFlowFindsAPlaceAndIsCounted() {
    flood(() -> {});
    assertEquals(FLOOD, counted(OTHER_RULE));
    assertEquals(0, datapath.stat(Stat.FLOWS_NOT_KEPT));
    int kept = datapath.flows().size();
    assertTrue(kept > ROOM / 2 && kept <= ROOM, kept + " kept");
  }

  @Test
  void aConnectionInUseIsKept() {
    connect();
    flood(() -> passesIn(back(ACK)));
    assertEquals(0, datapath.stat(Stat.PICKED_UP));
    FlowView connection = connection();
    assertEquals(1 + FLOOD / 64, connection == null ? 0 : connection.ingress().packets());
  }

  @Test
  void openersAloneDisplaceNoConnection() {
    connect();
    flood(() -> {});
    FlowView connection = connection();
    assertEquals(2, connection == null ? 0 : connection.egress().packets());
  }

  @Test
  void theAnswersOfAForgottenConnectionStillPass() {
    connect();
    crowd();
    assertEquals(null, connection());
    passesIn(back(ACK));
    assertEquals(null, connection());
    assertEquals(0, datapath.stat(Stat.PICKED_UP));
    passesOut(out(ACK));
    assertEquals(1, datapath.stat(Stat.PICKED_UP));
    passesIn(back(ACK));
    FlowView connection = connection();
    assertEquals(EGRESS, connection == null ? null : connection.opener());
    assertEquals(6, counted(RULE));
  }

  @Test
  void theAnswerToAForgottenQuestionIsNobodys() {
    passesOut(leaving(cast.friend()).udp(40000, 53));
    crowd();
    dropsIn(arriving(cast.friend()).udp(53, 40000));
    assertEquals(1, counted(DENIED));
  }

  @Test
  void aForgottenConnectionThatPolicyNoLongerAllowsIsCut() {
    connect();
    crowd();
    policy(isolated());
    dropsIn(back(ACK));
    dropsOut(out(ACK));
    assertEquals(2, counted(DENIED));
  }

  @Test
  void aRevokedConnectionStaysRevokedWhileItGoesOn() {
    connect();
    policy(isolated().allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(53), OTHER_RULE));
    datapath.bumpEpoch();
    flood(() -> dropsIn(back(ACK)));
    FlowView connection = connection();
    assertTrue(connection != null && connection.revoked());
  }

  /** A known limit (docs/design/datapath.md): nobody remembers who opened it. */
  @Test
  void aForgottenRevocationEndsWhereTheOtherDirectionAllows() {
    connect();
    policy(
        isolated()
            .allow(Cast.FRIENDS, INGRESS, TCP, Ports.ALL, RULE)
            .allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(53), OTHER_RULE));
    datapath.bumpEpoch();
    dropsIn(back(ACK));
    dropsOut(out(ACK));
    crowd();
    assertEquals(null, connection());
    passesIn(back(ACK));
    passesOut(out(ACK));
    assertEquals(1, datapath.stat(Stat.PICKED_UP));
  }

  @Test
  void aForgottenFirstFragmentIsAnUnknownOne() {
    Packet whole = leaving(cast.friend()).with(new Udp(40000, 53, 56));
    for (int id = 0; id <= FLOOD; id++) {
      passesOut(whole.fragment(0, 24, id));
    }
    assertEquals(0, datapath.stat(Stat.FRAGMENTS_NOT_KEPT));
    passesOut(whole.fragment(24, 1000, FLOOD));
    assertFalse(
        datapath.send(
            io.merlon.datapath.harness.Hook.FROM_POD, LINE, whole.fragment(24, 1000, 0).frame()));
    assertEquals(1, counted(Code.FRAGMENT_UNKNOWN, EGRESS));
  }
}
