package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.packet.Neighbours.ADVERTISEMENT;
import static io.merlon.datapath.packet.Neighbours.REDIRECT;
import static io.merlon.datapath.packet.Neighbours.ROUTER_ADVERTISEMENT;
import static io.merlon.datapath.packet.Neighbours.ROUTER_SOLICITATION;
import static io.merlon.datapath.packet.Neighbours.SOLICITATION;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.Hook;
import io.merlon.datapath.harness.Settings;
import io.merlon.datapath.packet.Edit.Layer;
import io.merlon.datapath.packet.Neighbours;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What IPv6 needs to work at all passes, exactly; what merely looks like it is judged. */
@ParameterizedClass(name = "{0} {1}")
@MethodSource("stages")
class NeighbourDiscoveryPacketTest extends PacketScene {
  private static final Address UNSPECIFIED = Address.of("::");
  private static final Address LINK_LOCAL = Address.of("fe80::aa");
  private static final Address ALL_NODES = Address.of("ff02::1");
  private static final Address SOLICITED = Address.of("ff02::1:ff00:10");

  static Stream<Arguments> stages() {
    return stages(Family.V6);
  }

  private void leavesNoTrace() {
    noFlow();
    assertEquals(0, datapath.counters().size(), () -> "counters " + datapath.counters());
  }

  @Test
  void aPodFindsItsNeighboursUnderDenyAll() {
    for (Address source : new Address[] {UNSPECIFIED, LINK_LOCAL, cast.pod()}) {
      passesOut(Neighbours.discovery(ROUTER_SOLICITATION, source, ALL_NODES));
      passesOut(Neighbours.discovery(SOLICITATION, source, SOLICITED));
      passesOut(Neighbours.discovery(ADVERTISEMENT, source, ALL_NODES));
    }
    leavesNoTrace();
  }

  @Test
  void aPodIsFoundUnderDenyAll() {
    for (int type = ROUTER_SOLICITATION; type <= REDIRECT; type++) {
      passesIn(Neighbours.discovery(type, LINK_LOCAL, ALL_NODES));
      passesIn(Neighbours.discovery(type, cast.nobody(), cast.pod()));
    }
    leavesNoTrace();
  }

  @Test
  void duplicateAddressDetectionPasses() {
    passesOut(Neighbours.discovery(SOLICITATION, UNSPECIFIED, SOLICITED));
    passesIn(Neighbours.discovery(SOLICITATION, UNSPECIFIED, SOLICITED));
    leavesNoTrace();
  }

  @Test
  void aPodIsNoRouter() {
    dropsOut(Neighbours.discovery(ROUTER_ADVERTISEMENT, cast.pod(), ALL_NODES));
    dropsOut(Neighbours.discovery(REDIRECT, cast.pod(), cast.friend()));
    assertEquals(2, counted(DENIED));
    dropsOut(Neighbours.discovery(ROUTER_ADVERTISEMENT, LINK_LOCAL, ALL_NODES));
    assertEquals(1, counted(Code.SPOOFED, EGRESS));
  }

  @Test
  void aForeignSourceIsSpoofedHereToo() {
    dropsOut(Neighbours.discovery(ADVERTISEMENT, cast.neighbour(), ALL_NODES));
    assertEquals(1, counted(Code.SPOOFED, EGRESS));
    datapath.configure(Settings.DEFAULT.withVerifySource(false));
    passesOut(Neighbours.discovery(ADVERTISEMENT, cast.neighbour(), ALL_NODES));
  }

  @Test
  void whatAPodSaysStaysOnTheLinkOrIsJudged() {
    for (int type : new int[] {ROUTER_SOLICITATION, SOLICITATION, ADVERTISEMENT}) {
      passesOut(Neighbours.discovery(type, cast.pod(), Address.of("fe80::1")));
      passesOut(Neighbours.discovery(type, cast.pod(), Address.of("febf:ffff::1")));
      passesOut(Neighbours.discovery(type, cast.pod(), Address.of("ff02:ffff::1")));
    }
    leavesNoTrace();
    String[] beyond = {
      "2001:db8::bad", "fd00:2::20", "fec0::1", "fe7f::1", "ff01::1", "ff05::2", "ff12::1"
    };
    for (String destination : beyond) {
      for (int type : new int[] {ROUTER_SOLICITATION, SOLICITATION, ADVERTISEMENT}) {
        dropsOut(Neighbours.discovery(type, cast.pod(), Address.of(destination)));
      }
    }
    assertEquals(3L * beyond.length, counted(DENIED));
    dropsOut(Neighbours.discovery(SOLICITATION, LINK_LOCAL, cast.friend()));
    assertEquals(1, counted(Code.SPOOFED, EGRESS));
    noFlow();
  }

  @Test
  void itsNodeIsAlwaysAnswered() {
    passesOut(Neighbours.discovery(ADVERTISEMENT, cast.pod(), cast.node()));
    assertEquals(1, counted(Code.NODE, EGRESS));
  }

  @Test
  void itComesFromTheLinkOrNotAtAll() {
    dropsIn(Neighbours.discovery(ADVERTISEMENT, cast.nobody(), cast.pod()).hops(254));
    dropsIn(
        Neighbours.discovery(ADVERTISEMENT, cast.nobody(), cast.pod())
            .patch(Layer.TRANSPORT, 1, 1));
    assertEquals(2, counted(DENIED));
  }

  @Test
  void inPiecesItIsJudged() {
    dropsIn(Neighbours.discovery(ADVERTISEMENT, cast.nobody(), cast.pod()).fragment(0, 16, 7));
    assertEquals(1, counted(DENIED));
  }

  @Test
  void listenerReportsPassBothWays() {
    Address group = Address.of("ff02::fb");
    Address routers = Address.of("ff02::16");
    for (int type : new int[] {130, 131, 132, Neighbours.LISTENER_REPORT_V2}) {
      passesOut(Neighbours.listener(type, LINK_LOCAL, group));
      passesOut(Neighbours.listener(type, UNSPECIFIED, routers));
      passesIn(Neighbours.listener(type, LINK_LOCAL, group));
    }
    leavesNoTrace();
  }

  @Test
  void whatOnlyLooksLikeAListenerReportIsJudged() {
    Address group = Address.of("ff02::fb");
    dropsOut(Neighbours.listener(131, cast.pod(), group));
    dropsOut(Neighbours.listener(131, LINK_LOCAL, cast.friend()));
    dropsOut(Neighbours.listener(131, LINK_LOCAL, group).hops(2));
    dropsIn(Neighbours.listener(131, cast.friend(), group));
    assertEquals(2, counted(DENIED));
    assertEquals(2, counted(Code.SPOOFED, EGRESS));
  }

  @Test
  void itPassesBeforeThePodIsKnown() {
    boolean passed =
        datapath.send(
            Hook.FROM_POD,
            UNKNOWN_LINE,
            Neighbours.discovery(SOLICITATION, UNSPECIFIED, SOLICITED).frame());
    assertEquals(true, passed);
  }
}
