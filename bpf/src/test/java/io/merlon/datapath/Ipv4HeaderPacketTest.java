package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.Direction.INGRESS;
import static io.merlon.datapath.harness.ProtocolGroup.TCP;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.TableSketch.Ports;
import io.merlon.datapath.packet.Edit.Layer;
import io.merlon.datapath.packet.Packet;
import io.merlon.datapath.packet.Payload;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An IPv4 header is as long as it says, and must not lie about it. */
@ParameterizedClass(name = "{0} {1}")
@MethodSource("stages")
class Ipv4HeaderPacketTest extends PacketScene {

  static Stream<Arguments> stages() {
    return stages(Family.V4);
  }

  @BeforeEach
  void someEgress() {
    policy(isolated().allow(Cast.FRIENDS, EGRESS, TCP, Ports.of(443), RULE));
  }

  private Packet to(int port) {
    return leaving(cast.friend()).tcp(40000, port, Payload.SYN);
  }

  @Test
  void portsAreFoundBehindOptionsOfEveryLength() {
    for (int options = 0; options <= 40; options += 4) {
      passesOut(to(443).options(options));
      dropsOut(to(444).options(options));
    }
    assertEquals(11, counted(RULE));
    assertEquals(11, counted(DENIED));
  }

  @Test
  void optionsThatLookLikePortsAreNone() {
    // Where a reader who forgets the options finds source port 40000 and destination port 443.
    dropsOut(to(444).options(4).patch(Layer.NETWORK, 20, 0x9c, 0x40, 0x01, 0xbb));
    assertEquals(1, counted(DENIED));
  }

  /** With these bytes at the beginning of its options, or so far into them. */
  private Packet optioned(int at, int... bytes) {
    return to(443).options(40).patch(Layer.NETWORK, 20 + at, bytes);
  }

  @Test
  void aSourceRouteWithStopsAheadIsRefused() {
    for (int kind : new int[] {131, 137}) {
      // Its pointer says where among its bytes the next stop is, counted from 1.
      for (int pointer : new int[] {0, 4, 8, 11}) {
        dropsOut(optioned(0, kind, 11, pointer));
        dropsIn(
            arriving(cast.friend())
                .tcp(443, 40000, Payload.ACK)
                .options(12)
                .patch(Layer.NETWORK, 20, kind, 11, pointer));
      }
      passesOut(optioned(0, kind, 11, 12));
    }
    assertEquals(8, counted(Code.ROUTING_HEADER, EGRESS));
    assertEquals(8, counted(Code.ROUTING_HEADER, INGRESS));
    assertEquals(2, counted(RULE));
  }

  @Test
  void aSourceRouteIsFoundAnywhereAmongOptions() {
    for (int at = 0; at <= 37; at++) {
      dropsOut(optioned(at, 131, 3, 0));
    }
    dropsOut(optioned(0, 7, 30, 4, 0).patch(Layer.NETWORK, 50, 137, 7, 4));
    assertEquals(39, counted(Code.ROUTING_HEADER, EGRESS));
  }

  @Test
  void whatIsInAnotherOptionOrBehindTheEndIsNoSourceRoute() {
    passesOut(optioned(0, 7, 30, 4, 131, 7, 4));
    passesOut(optioned(0, 0, 131, 7, 4));
    passesOut(optioned(0, 148, 0, 131, 7, 4));
    passesOut(optioned(0, 7, 41, 131, 7, 4));
    passesOut(optioned(38, 131, 7, 4));
    passesOut(optioned(0, 131, 41, 4));
    assertEquals(6, counted(RULE));
  }

  @Test
  void laterFragmentsWithASourceRouteAreRefused() {
    Packet whole = leaving(cast.friend()).opaque(Payload.UDP, 64);
    dropsOut(whole.fragment(32, 64, 7).options(8).patch(Layer.NETWORK, 20, 131, 7, 4));
    assertEquals(1, counted(Code.ROUTING_HEADER, EGRESS));
  }

  @Test
  void aHeaderShorterThanItsOwnFixedPartIsBad() {
    for (int words = 0; words < 5; words++) {
      dropsOut(to(443).patch(Layer.NETWORK, 0, 0x40 | words));
    }
    assertEquals(5, counted(Code.BAD_HEADER, EGRESS));
  }

  @Test
  void anotherVersionIsBad() {
    for (int version = 0; version < 16; version++) {
      if (version != 4) {
        dropsOut(to(443).patch(Layer.NETWORK, 0, version << 4 | 5));
      }
    }
    assertEquals(15, counted(Code.BAD_HEADER, EGRESS));
  }

  @Test
  void aTotalLengthShorterThanTheHeaderIsBad() {
    dropsOut(to(443).patch(Layer.NETWORK, 2, 0, 19));
    dropsOut(to(443).options(40).patch(Layer.NETWORK, 2, 0, 59));
    assertEquals(2, counted(Code.BAD_HEADER, EGRESS));
  }

  @Test
  void aTotalLengthLongerThanThePacketIsTruncated() {
    dropsOut(to(443).patch(Layer.NETWORK, 2, 0, 41));
    dropsOut(to(443).patch(Layer.NETWORK, 2, 0xff, 0xff));
    assertEquals(2, counted(Code.TRUNCATED, EGRESS));
  }

  @Test
  void aTotalLengthOfZeroMeansTheRest() {
    passesOut(to(443).patch(Layer.NETWORK, 2, 0, 0));
    dropsOut(to(444).patch(Layer.NETWORK, 2, 0, 0));
    assertEquals(1, counted(DENIED));
  }

  @Test
  void headersInThePaddingAreNotRead() {
    dropsOut(to(443).patch(Layer.NETWORK, 2, 0, 20));
    dropsOut(to(443).patch(Layer.NETWORK, 2, 0, 39));
    assertEquals(2, counted(Code.TRUNCATED, EGRESS));
  }

  @Test
  void aPacketCutAnywhereInItsOptionsIsTruncated() {
    Packet packet = to(443).options(40);
    passesOut(packet);
    for (int kept = 20; kept < 80; kept++) {
      dropsOut(packet.cut(Layer.NETWORK, kept));
      dropsOut(packet.patch(Layer.NETWORK, 2, 0, kept).cut(Layer.NETWORK, kept));
    }
    // The header knows that it is not all there: it contradicts itself.
    assertEquals(40, counted(Code.BAD_HEADER, EGRESS));
    assertEquals(80, counted(Code.TRUNCATED, EGRESS));
  }

  @Test
  void aReservedBitMakesNoFragment() {
    passesOut(to(443).patch(Layer.NETWORK, 6, 0x80, 0));
    passesOut(to(443).patch(Layer.NETWORK, 6, 0x40, 0));
    assertEquals(2, counted(RULE));
  }
}
