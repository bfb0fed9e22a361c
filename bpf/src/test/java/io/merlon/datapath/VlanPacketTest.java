package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.Direction.INGRESS;
import static io.merlon.datapath.harness.ProtocolGroup.UDP;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.Frame;
import io.merlon.datapath.harness.Hook;
import io.merlon.datapath.harness.Mode;
import io.merlon.datapath.harness.Settings;
import io.merlon.datapath.harness.TableSketch.Ports;
import io.merlon.datapath.packet.Frames;
import io.merlon.datapath.packet.Packet;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What stands before the IP header, and frames without one. */
class VlanPacketTest extends PacketStory {
  private static final int LLDP = 0x88cc;

  @BeforeEach
  void egressTo53() {
    policy(isolated().allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(53), RULE));
  }

  private void out(boolean passes, Frame frame) {
    expect(passes, Hook.FROM_POD, frame);
  }

  @Test
  void oneOrTwoTagsAreSkipped() {
    Integer[][] shapes = {
      {Packet.DOT1Q}, {Packet.DOT1AD}, {Packet.DOT1AD, Packet.DOT1Q}, {Packet.DOT1Q, Packet.DOT1Q}
    };
    for (Integer[] tags : shapes) {
      passesOut(leaving(cast.friend()).udp(40000, 53).tagged(tags));
      dropsOut(leaving(cast.friend()).udp(40000, 54).tagged(tags));
    }
    assertEquals(4, counted(RULE));
    assertEquals(4, counted(DENIED));
  }

  @Test
  void tagsDoNotTellFlowsApart() {
    passesOut(leaving(cast.friend()).udp(40000, 53).tagged(Packet.DOT1Q));
    passesIn(arriving(cast.friend()).udp(53, 40000));
    assertEquals(1, flow().ingress().packets());
  }

  @Test
  void aThirdTagIsAnEthertypeNobodyReads() {
    Integer[] tags = {Packet.DOT1AD, Packet.DOT1Q, Packet.DOT1Q};
    dropsOut(leaving(cast.friend()).udp(40000, 53).tagged(tags));
    assertEquals(1, counted(Code.ETHERTYPE, EGRESS));
  }

  @Test
  void furtherTagsAreDeniedWhateverTheSetting() {
    datapath.configure(Settings.DEFAULT.withOtherEthertypes(true));
    for (int last : new int[] {Packet.DOT1Q, Packet.DOT1AD}) {
      for (int tags = 3; tags <= 5; tags++) {
        Integer[] stacked = Collections.nCopies(tags, last).toArray(Integer[]::new);
        dropsOut(leaving(cast.friend()).udp(40000, 53).tagged(stacked));
        dropsIn(arriving(cast.friend()).udp(53, 40000).tagged(stacked));
        out(false, Frames.of(LLDP, 46, stacked));
      }
    }
    assertEquals(12, counted(Code.ETHERTYPE, EGRESS));
    assertEquals(6, counted(Code.ETHERTYPE, INGRESS));
  }

  @Test
  void addressResolutionAlwaysPasses() {
    Address asking = Cast.of(Family.V4).pod();
    Address about = Cast.of(Family.V4).friend();
    for (Frame frame :
        List.of(Frames.arp(asking, about), Frames.arp(asking, about, Packet.DOT1Q))) {
      out(true, frame);
      expect(true, Hook.TO_POD, frame);
      assertEquals(true, datapath.send(Hook.FROM_POD, UNKNOWN_LINE, frame));
    }
    assertEquals(0, datapath.counters().size());
  }

  @Test
  void otherEthertypesFollowTheSetting() {
    out(false, Frames.of(LLDP, 46));
    assertEquals(1, counted(Code.ETHERTYPE, EGRESS));
    datapath.configure(Settings.DEFAULT.withOtherEthertypes(true));
    out(true, Frames.of(LLDP, 46));
    out(true, Frames.of(LLDP, 46, Packet.DOT1Q));
    assertEquals(1, datapath.counters().size());
  }

  @Test
  void outsideEnforcementOtherEthertypesAreCountedAndPass() {
    endpoint(Mode.OBSERVE);
    out(true, Frames.of(LLDP, 46));
    assertEquals(1, counted(Code.ETHERTYPE, EGRESS, Mode.OBSERVE));
  }

  @Test
  void theEthertypeMustAgreeWithTheHeader() {
    byte[] bytes = leaving(cast.friend()).udp(40000, 53).tagged(Packet.DOT1Q).bytes();
    boolean four = family == Family.V4;
    bytes[16] = (byte) (four ? 0x86 : 0x08);
    bytes[17] = (byte) (four ? 0xdd : 0x00);
    out(false, Frame.of(bytes));
    long bad = counted(Code.BAD_HEADER, EGRESS);
    long truncated = counted(Code.TRUNCATED, EGRESS);
    // 32 bytes are too few for an IPv6 header of any version.
    assertEquals(1, four ? truncated : bad);
  }

  @Test
  void paddingBehindThePacketIsNotRead() {
    passesOut(leaving(cast.friend()).udp(40000, 53).padded(18));
    assertEquals(1, counted(RULE));
  }
}
