package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.Direction.INGRESS;
import static io.merlon.datapath.packet.Payload.ACK;
import static io.merlon.datapath.packet.Payload.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.Frame;
import io.merlon.datapath.harness.Hook;
import io.merlon.datapath.harness.Mode;
import io.merlon.datapath.harness.Settings;
import io.merlon.datapath.harness.Stat;
import io.merlon.datapath.harness.TableSketch;
import io.merlon.datapath.packet.Edit.Layer;
import io.merlon.datapath.packet.Frames;
import io.merlon.datapath.packet.Packet;
import org.junit.jupiter.api.Test;

/** Interfaces of which nothing, or not enough, is known. */
class EndpointPacketTest extends PacketStory {

  private boolean unknown(Hook hook, Frame frame) {
    return datapath.send(hook, UNKNOWN_LINE, frame);
  }

  @Test
  void anUnknownPodFollowsTheSetting() {
    Frame frame = leaving(cast.friend()).udp(1, 2).frame();
    assertEquals(false, unknown(Hook.FROM_POD, frame));
    assertEquals(false, unknown(Hook.TO_POD, frame));
    assertEquals(2, datapath.stat(Stat.UNKNOWN_DROPPED));
    datapath.configure(Settings.DEFAULT.withUnknownEndpoints(true));
    assertEquals(true, unknown(Hook.FROM_POD, frame));
    assertEquals(true, unknown(Hook.TO_POD, frame));
    assertEquals(2, datapath.stat(Stat.UNKNOWN_PASSED));
    assertEquals(0, datapath.counters().size());
    noFlow();
  }

  @Test
  void whatCannotBeReadIsTheUnknownPodsAffairToo() {
    Frame broken = leaving(cast.friend()).udp(1, 2).cut(Layer.TRANSPORT, 3).frame();
    Frame later =
        leaving(cast.friend())
            .with(new io.merlon.datapath.packet.Payload.Udp(1, 2, 64))
            .fragment(24, 48, 1)
            .frame();
    assertEquals(false, unknown(Hook.FROM_POD, broken));
    assertEquals(false, unknown(Hook.FROM_POD, later));
    assertEquals(false, unknown(Hook.FROM_POD, Frames.of(0x88cc, 46)));
    datapath.configure(Settings.DEFAULT.withUnknownEndpoints(true));
    assertEquals(true, unknown(Hook.FROM_POD, broken));
    assertEquals(true, unknown(Hook.FROM_POD, later));
    assertEquals(true, unknown(Hook.FROM_POD, Frames.of(0x88cc, 46)));
    assertEquals(3, datapath.stat(Stat.UNKNOWN_PASSED));
    assertEquals(3, datapath.stat(Stat.UNKNOWN_DROPPED));
  }

  @Test
  void aPodWithoutATableIsDenied() {
    datapath.removeTable(SUBJECT);
    dropsOut(leaving(cast.friend()).udp(1, 2));
    dropsIn(arriving(cast.friend()).tcp(1, 2, SYN));
    passesOut(leaving(cast.node()).udp(1, 2));
    assertEquals(1, counted(Code.NO_TABLE, EGRESS));
    assertEquals(1, counted(Code.NO_TABLE, INGRESS));
    endpoint(Mode.AUDIT);
    passesOut(leaving(cast.friend()).udp(1, 2));
    assertEquals(1, counted(Code.NO_TABLE, EGRESS, Mode.AUDIT));
  }

  @Test
  void aRemovedPodsFlowsCarryNothing() {
    policy(TableSketch.open(1, RULE));
    passesOut(leaving(cast.friend()).udp(1, 2));
    datapath.removeEndpoint(LINE);
    dropsIn(arriving(cast.friend()).udp(2, 1));
    dropsOut(leaving(cast.friend()).udp(1, 2));
    assertEquals(2, datapath.stat(Stat.UNKNOWN_DROPPED));
  }

  @Test
  void whoComesToTheInterfaceNextDoesNotInheritFlows() {
    policy(TableSketch.open(1, RULE));
    passesOut(leaving(cast.friend()).udp(1, 2));
    passesOut(leaving(cast.friend()).tcp(1, 2, SYN));
    datapath.removeEndpoint(LINE);
    endpoint(Mode.ENFORCE);
    policy(isolated());
    dropsIn(arriving(cast.friend()).udp(2, 1));
    dropsOut(leaving(cast.friend()).udp(1, 2));
    dropsIn(arriving(cast.friend()).tcp(2, 1, SYN | ACK));
  }

  @Test
  void theUplinkLetsEverythingPassThatCarriesNoMark() {
    Packet packet = Packet.between(cast.pod(), cast.stranger()).tcp(1, 2, SYN);
    assertEquals(true, datapath.send(Hook.UPLINK, UNKNOWN_LINE, packet.frame()));
    assertEquals(
        true, datapath.send(Hook.UPLINK, UNKNOWN_LINE, packet.cut(Layer.TRANSPORT, 3).frame()));
    assertEquals(0, datapath.counters().size());
    noFlow();
  }

  @Test
  void twoPodsOfOneSubjectDoNotShareFlows() {
    policy(TableSketch.isolated(1, DENIED).everything(0, EGRESS, true, RULE));
    passesOut(leaving(cast.friend()).udp(1, 2));
    boolean answered =
        datapath.send(Hook.TO_POD, NEXT_LINE, arriving(cast.friend()).udp(2, 1).frame());
    assertEquals(false, answered);
  }
}
