package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.Direction.INGRESS;
import static io.merlon.datapath.harness.ProtocolGroup.OTHER;
import static io.merlon.datapath.harness.ProtocolGroup.SCTP;
import static io.merlon.datapath.harness.ProtocolGroup.TCP;
import static io.merlon.datapath.harness.ProtocolGroup.UDP;
import static io.merlon.datapath.packet.Payload.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.PeerClass;
import io.merlon.datapath.harness.TableSketch;
import io.merlon.datapath.harness.TableSketch.Ports;
import org.junit.jupiter.api.Test;

/** Which interval of which row a destination port falls into. */
class PortRangePacketTest extends PacketStory {

  private void port(boolean passes, Address peer, int port) {
    if (passes) {
      passesOut(leaving(peer).udp(40000, port));
    } else {
      dropsOut(leaving(peer).udp(40000, port));
    }
  }

  @Test
  void aRangeEndsWhereItSays() {
    policy(isolated().allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(8000, 8010), RULE));
    port(false, cast.friend(), 0);
    port(false, cast.friend(), 7999);
    port(true, cast.friend(), 8000);
    port(true, cast.friend(), 8001);
    port(true, cast.friend(), 8010);
    port(false, cast.friend(), 8011);
    port(false, cast.friend(), 65535);
  }

  @Test
  void aRangeMayBeginAtZeroAndEndAtTheLastPort() {
    policy(isolated().allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(60000, 65535), RULE));
    port(true, cast.friend(), 65535);
    port(true, cast.friend(), 60000);
    port(false, cast.friend(), 59999);
    policy(isolated().allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(0, 0), RULE));
    port(true, cast.friend(), 0);
    port(false, cast.friend(), 1);
    policy(isolated().allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(65535), RULE));
    port(true, cast.friend(), 65535);
    dropsOut(leaving(cast.friend()).udp(40001, 65534));
  }

  @Test
  void everyProtocolHasItsOwnPorts() {
    policy(
        isolated()
            .allow(Cast.FRIENDS, EGRESS, TCP, Ports.of(1), RULE)
            .allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(2), RULE)
            .allow(Cast.FRIENDS, EGRESS, SCTP, Ports.of(3), RULE)
            .allow(Cast.FRIENDS, EGRESS, OTHER, Ports.ALL, OTHER_RULE));
    for (int port = 1; port <= 3; port++) {
      boolean[] passes = {port == 1, port == 2, port == 3};
      expect(passes[0], leaving(cast.friend()).tcp(9, port, SYN));
      expect(passes[1], leaving(cast.friend()).udp(9, port));
      expect(passes[2], leaving(cast.friend()).sctp(9, port, 1));
    }
    passesOut(leaving(cast.friend()).opaque(47, 0));
    assertEquals(3, counted(RULE));
    assertEquals(1, counted(OTHER_RULE));
  }

  private void expect(boolean passes, io.merlon.datapath.packet.Packet packet) {
    expect(passes, io.merlon.datapath.harness.Hook.FROM_POD, packet.frame());
  }

  @Test
  void fiveHundredRangesAreAllEnforced() {
    TableSketch sketch = isolated();
    for (int i = 0; i < 500; i++) {
      sketch.allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(1000 + i * 100, 1000 + i * 100 + 49), RULE);
    }
    policy(sketch);
    for (int i = 0; i < 500; i++) {
      int first = 1000 + i * 100;
      port(false, cast.friend(), first - 1);
      port(true, cast.friend(), first);
      port(true, cast.friend(), first + 49);
      port(false, cast.friend(), first + 50);
    }
    assertEquals(1000, counted(RULE));
    assertEquals(1000, counted(DENIED));
  }

  @Test
  void alternatingSinglePortsAreTold() {
    TableSketch sketch = isolated();
    for (int port = 0; port < 7000; port += 2) {
      sketch.allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(port), RULE);
    }
    policy(sketch);
    for (int port = 0; port < 7000; port++) {
      port(port % 2 == 0, cast.friend(), port);
    }
  }

  @Test
  void aClassOfItsOwnGoesBeforeTheAnyRow() {
    policy(
        isolated()
            .everything(0, EGRESS, true, OTHER_RULE)
            .allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(53), RULE));
    port(true, cast.nobody(), 54);
    port(true, cast.friend(), 53);
    port(false, cast.friend(), 54);
    assertEquals(1, counted(OTHER_RULE));
  }

  @Test
  void aClassWithoutARowIsJudgedByTheAnyRow() {
    policy(isolated().everything(0, EGRESS, true, OTHER_RULE));
    for (int id : new int[] {Cast.CLASSES, Cast.CLASSES + 1, 1000, 0xffffff}) {
      datapath.address(cast.stranger(), PeerClass.of(id));
      port(true, cast.stranger(), id & 0xff);
    }
    datapath.address(cast.stranger(), PeerClass.of(Cast.CLASSES - 1));
    port(false, cast.stranger(), 1);
  }

  @Test
  void theDirectionsAreTwoRows() {
    policy(
        isolated()
            .allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(53), RULE)
            .allow(Cast.FRIENDS, INGRESS, UDP, Ports.of(54), OTHER_RULE));
    port(true, cast.friend(), 53);
    port(false, cast.friend(), 54);
    dropsIn(arriving(cast.friend()).udp(1, 53));
    passesIn(arriving(cast.friend()).udp(1, 54));
  }

  @Test
  void theSourcePortDecidesNothing() {
    policy(isolated().allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(53), RULE));
    dropsOut(leaving(cast.friend()).udp(53, 40000));
    dropsIn(arriving(cast.friend()).udp(53, 40000));
    dropsIn(arriving(cast.friend()).udp(40000, 53));
  }
}
