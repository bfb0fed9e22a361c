package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.ProtocolGroup.UDP;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.Count;
import io.merlon.datapath.harness.CounterKey;
import io.merlon.datapath.harness.Hook;
import io.merlon.datapath.harness.Mode;
import io.merlon.datapath.harness.TableSketch.Ports;
import io.merlon.datapath.packet.Packet;
import io.merlon.datapath.packet.Payload;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every packet is counted once, where it was decided, with all its bytes. */
class CounterPacketTest extends PacketStory {

  @BeforeEach
  void egressTo53() {
    policy(isolated().allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(53), RULE));
  }

  private Packet question(int data) {
    return leaving(cast.friend()).with(new Payload.Udp(40000, 53, data));
  }

  private Packet answer(int data) {
    return arriving(cast.friend()).with(new Payload.Udp(53, 40000, data));
  }

  private int frame(int data) {
    return 14 + (family.bytes() == 4 ? 20 : 40) + 8 + data;
  }

  @Test
  void bytesAreThoseOfTheWholeFrame() {
    passesOut(question(10));
    passesOut(question(100));
    passesIn(answer(1000));
    dropsOut(leaving(cast.friend()).with(new Payload.Udp(40000, 54, 7)).padded(3));
    assertEquals(
        new Count(3, frame(10) + frame(100) + frame(1000)),
        count(new CounterKey.Decision(SUBJECT, RULE, Mode.ENFORCE)));
    assertEquals(
        new Count(1, frame(7) + 3), count(new CounterKey.Decision(SUBJECT, DENIED, Mode.ENFORCE)));
  }

  @Test
  void aFlowCountsItsTwoDirections() {
    passesOut(question(10));
    passesOut(question(20));
    passesIn(answer(1000));
    assertEquals(new Count(2, frame(10) + frame(20)), flow().egress());
    assertEquals(new Count(1, frame(1000)), flow().ingress());
  }

  @Test
  void aSuperFrameCountsAsManyPacketsAsItIsCutInto() {
    expect(true, Hook.FROM_POD, question(1400).frame().segmented(700, 2));
    expect(true, Hook.FROM_POD, question(1400).frame().segmented(0, 0));
    assertEquals(
        new Count(3, 2L * frame(1400)),
        count(new CounterKey.Decision(SUBJECT, RULE, Mode.ENFORCE)));
    assertEquals(3, flow().egress().packets());
  }

  @Test
  void everyPacketIsCountedOnce() {
    passesOut(question(1));
    passesIn(answer(1));
    dropsOut(leaving(cast.stranger()).udp(1, 2));
    dropsOut(Packet.between(cast.nobody(), cast.friend()).udp(1, 2));
    dropsOut(question(1).cut(io.merlon.datapath.packet.Edit.Layer.TRANSPORT, 3));
    passesOut(leaving(cast.node()).udp(1, 2));
    long packets = datapath.counters().values().stream().mapToLong(Count::packets).sum();
    assertEquals(6, packets);
    assertEquals(5, datapath.counters().size());
  }

  @Test
  void subjectsAreCountedApart() {
    dropsOut(leaving(cast.stranger()).udp(1, 2));
    Packet theirs = Packet.between(cast.neighbour(), cast.stranger()).udp(1, 2);
    assertEquals(false, datapath.send(Hook.FROM_POD, NEXT_LINE, theirs.frame()));
    assertEquals(1, counted(DENIED));
    assertEquals(1, count(new CounterKey.Decision(NEXT_SUBJECT, DENIED, Mode.ENFORCE)).packets());
  }

  @Test
  void modesAreCountedApart() {
    dropsOut(leaving(cast.stranger()).udp(1, 2));
    endpoint(Mode.AUDIT);
    passesOut(leaving(cast.stranger()).udp(1, 3));
    endpoint(Mode.OBSERVE);
    passesOut(leaving(cast.stranger()).udp(1, 4));
    for (Mode mode : Mode.values()) {
      assertEquals(1, counted(DENIED, mode));
    }
  }

  @Test
  void aReasonIsCountedByDirection() {
    endpoint(Mode.AUDIT);
    for (Hook hook : new Hook[] {Hook.FROM_POD, Hook.TO_POD}) {
      expect(
          true, hook, question(1).cut(io.merlon.datapath.packet.Edit.Layer.TRANSPORT, 3).frame());
    }
    assertEquals(1, counted(Code.TRUNCATED, EGRESS, Mode.AUDIT));
    assertEquals(
        1, counted(Code.TRUNCATED, io.merlon.datapath.harness.Direction.INGRESS, Mode.AUDIT));
  }
}
