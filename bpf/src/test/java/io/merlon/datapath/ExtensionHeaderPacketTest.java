package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.Direction.INGRESS;
import static io.merlon.datapath.harness.ProtocolGroup.TCP;
import static io.merlon.datapath.harness.ProtocolGroup.UDP;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.FlowView.State;
import io.merlon.datapath.harness.Hook;
import io.merlon.datapath.harness.TableSketch.Ports;
import io.merlon.datapath.packet.Edit.Layer;
import io.merlon.datapath.packet.Extension;
import io.merlon.datapath.packet.Packet;
import io.merlon.datapath.packet.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** IPv6 headers before the one that says what a packet is: in every order, and too many. */
@ParameterizedClass(name = "{0} {1}")
@MethodSource("stages")
class ExtensionHeaderPacketTest extends PacketScene {
  private static final Extension HOP_BY_HOP = new Extension.Options(Extension.HOP_BY_HOP, 0);
  private static final Extension DESTINATION = new Extension.Options(Extension.DESTINATION, 0);
  private static final Extension ROUTING = new Extension.Routing(0, 2);
  private static final Extension ATOMIC = new Extension.Fragment(0, false, 7);
  private static final Extension AUTHENTICATION = new Extension.Authentication(4);

  static Stream<Arguments> stages() {
    return stages(Family.V6);
  }

  @BeforeEach
  void someEgress() {
    policy(
        isolated()
            .allow(Cast.FRIENDS, EGRESS, TCP, Ports.of(443), RULE)
            .allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(53), OTHER_RULE));
  }

  private Packet to(Address peer, int port, List<Extension> chain) {
    return behind(chain, leaving(peer).tcp(40000, port, Payload.SYN));
  }

  private static Packet behind(List<Extension> chain, Packet packet) {
    Packet whole = packet;
    for (Extension extension : chain) {
      whole = whole.extension(extension);
    }
    return whole;
  }

  private static List<List<Extension>> orders(List<Extension> of) {
    List<List<Extension>> all = new ArrayList<>();
    all.add(List.of());
    for (Extension first : of) {
      List<Extension> others = new ArrayList<>(of);
      others.remove(first);
      for (List<Extension> rest : orders(others)) {
        List<Extension> order = new ArrayList<>(List.of(first));
        order.addAll(rest);
        all.add(order);
      }
    }
    return all;
  }

  @Test
  void portsAreFoundBehindEveryOrderOfHeaders() {
    List<List<Extension>> chains =
        orders(List.of(HOP_BY_HOP, DESTINATION, ROUTING, ATOMIC, AUTHENTICATION));
    for (List<Extension> chain : chains) {
      passesOut(to(cast.friend(), 443, chain));
      dropsOut(to(cast.friend(), 444, chain));
    }
    assertEquals(326, chains.size());
    assertEquals(326, counted(RULE));
    assertEquals(326, counted(DENIED));
  }

  @Test
  void portsAreFoundBehindHeadersOfEveryLength() {
    for (int units = 0; units < 32; units++) {
      passesOut(
          to(
              cast.friend(),
              443,
              List.of(
                  new Extension.Options(Extension.HOP_BY_HOP, units),
                  new Extension.Authentication(units),
                  new Extension.Options(Extension.DESTINATION, units))));
    }
    passesOut(to(cast.friend(), 443, List.of(new Extension.Options(Extension.DESTINATION, 127))));
    passesOut(to(cast.friend(), 443, List.of(new Extension.Authentication(253))));
    dropsOut(to(cast.friend(), 444, List.of(new Extension.Options(Extension.DESTINATION, 127))));
  }

  /**
   * However far they reach: what can be read of a frame in one piece can be read of one in pages.
   */
  @Test
  void portsAreFoundBehindHeadersOutsideTheLinearData() {
    List<Extension> chain =
        List.of(
            new Extension.Options(Extension.DESTINATION, 255), new Extension.Authentication(253));
    assertEquals(
        true,
        datapath.send(Hook.FROM_POD, LINE, to(cast.friend(), 443, chain).frame().scattered(100)));
    assertEquals(
        false,
        datapath.send(Hook.FROM_POD, LINE, to(cast.friend(), 444, chain).frame().scattered(100)));
    assertEquals(1, counted(RULE));
    assertEquals(1, counted(DENIED));
  }

  @Test
  void eightHeadersAreWalkedAndNotANinth() {
    List<Extension> eight = java.util.Collections.nCopies(8, DESTINATION);
    List<Extension> nine = java.util.Collections.nCopies(9, DESTINATION);
    passesOut(to(cast.friend(), 443, eight));
    dropsOut(to(cast.friend(), 443, nine));
    assertEquals(1, counted(Code.EXTENSION_CHAIN, EGRESS));
  }

  @Test
  void aSourceRouteStillToBeWalkedIsDenied() {
    for (int left : new int[] {1, 2, 255}) {
      dropsOut(to(cast.friend(), 443, List.of(new Extension.Routing(left, 2))));
    }
    dropsIn(arriving(cast.friend()).udp(53, 1).extension(new Extension.Routing(1, 2)));
    assertEquals(3, counted(Code.ROUTING_HEADER, EGRESS));
    assertEquals(1, counted(Code.ROUTING_HEADER, INGRESS));
  }

  @Test
  void twoFragmentHeadersAreDenied() {
    dropsOut(to(cast.friend(), 443, List.of(ATOMIC, DESTINATION, ATOMIC)));
    dropsOut(to(cast.friend(), 443, List.of(ATOMIC, new Extension.Fragment(0, true, 8))));
    assertEquals(2, counted(Code.EXTENSION_CHAIN, EGRESS));
  }

  /** Which would begin the transport's further in, where a later piece may hold another one. */
  @Test
  void aFirstFragmentHasNoHeadersBehindItsFragmentHeader() {
    Packet datagram = leaving(cast.friend()).with(new Payload.Udp(40000, 53, 56));
    Packet segment = leaving(cast.friend()).with(new Payload.Tcp(40000, 443, Payload.SYN, 0, 60));
    for (Packet whole : List.of(datagram, segment)) {
      for (Extension header : List.of(DESTINATION, HOP_BY_HOP, ROUTING, AUTHENTICATION)) {
        dropsOut(whole.fragment(0, 24, 7).extension(header));
      }
    }
    assertEquals(8, counted(Code.EXTENSION_CHAIN, EGRESS));
  }

  @Test
  void nothingBehindALaterFragmentsHeaderIsAHeader() {
    Packet whole = leaving(cast.friend()).with(new Payload.Udp(40000, 53, 56));
    passesOut(whole.fragment(0, 24, 7));
    // These bytes would be a routing header with segments left, if they were one.
    Packet later = whole.fragment(24, 48, 7).patch(Layer.TRANSPORT, 0, 6, 2, 2, 5);
    passesOut(later);
  }

  @Test
  void endsThatAreNoTransportAreOtherProtocols() {
    for (int protocol : new int[] {59, 50, 135, 139, 140, 253}) {
      dropsOut(leaving(cast.friend()).opaque(protocol, 40));
    }
    policy(isolated().everything(Cast.FRIENDS, EGRESS, true, RULE));
    for (int protocol : new int[] {59, 50, 135, 139, 140, 253}) {
      passesOut(leaving(cast.friend()).opaque(protocol, 40).extension(HOP_BY_HOP));
    }
    assertEquals(6, counted(RULE));
  }

  @Test
  void aHeaderCutAnywhereIsTruncated() {
    long cuts = 0;
    for (Extension extension : List.of(HOP_BY_HOP, DESTINATION, ROUTING, ATOMIC, AUTHENTICATION)) {
      int length = extension.bytes(Payload.TCP).length;
      for (int kept = 0; kept < length; kept++) {
        // The payload length says so, and then again it says nothing.
        Packet cut = to(cast.friend(), 443, List.of(extension)).cut(Layer.NETWORK, 40 + kept);
        dropsOut(cut.patch(Layer.NETWORK, 4, 0, kept));
        dropsOut(cut.patch(Layer.NETWORK, 4, 0, 0));
        cuts += 2;
      }
    }
    assertEquals(cuts, counted(Code.TRUNCATED, EGRESS));
  }

  @Test
  void aTransportsHeaderCutAnywhereBehindAChainIsTruncated() {
    List<Extension> chain = List.of(HOP_BY_HOP, ROUTING, DESTINATION);
    int before = chain.stream().mapToInt(header -> header.bytes(0).length).sum();
    Packet friends = leaving(cast.friend());
    long cuts = 0;
    for (Cuttable of :
        List.of(
            new Cuttable(friends.tcp(40000, 443, Payload.SYN), 20),
            new Cuttable(friends.udp(40000, 53), 8),
            new Cuttable(friends.sctp(40000, 443, Payload.Sctp.INIT), 12),
            new Cuttable(friends.echoRequest(1), 8))) {
      for (int kept = 0; kept < of.needs(); kept++) {
        Packet cut = behind(chain, of.packet()).cut(Layer.NETWORK, 40 + before + kept);
        dropsOut(cut.patch(Layer.NETWORK, 4, 0, before + kept));
        dropsOut(cut.patch(Layer.NETWORK, 4, 0, 0));
        cuts += 2;
      }
    }
    assertEquals(96, cuts);
    assertEquals(cuts, counted(Code.TRUNCATED, EGRESS));
  }

  private record Cuttable(Packet packet, int needs) {}

  @Test
  void piecesFollowTheirFirstBehindEveryOrderOfHeaders() {
    Packet whole = leaving(cast.friend()).with(new Payload.Udp(40000, 53, 56));
    Packet rest = leaving(cast.friend()).opaque(17, 16);
    int id = 0;
    for (List<Extension> chain :
        orders(List.of(HOP_BY_HOP, DESTINATION, ROUTING, AUTHENTICATION))) {
      id++;
      passesOut(behind(chain, whole).fragment(0, 24, id));
      passesOut(behind(chain, rest).extension(new Extension.Fragment(3, false, id)));
      dropsOut(behind(chain, rest).extension(new Extension.Fragment(3, false, id + 1000)));
    }
    assertEquals(65, id);
    assertEquals(130, counted(OTHER_RULE));
    assertEquals(65, counted(Code.FRAGMENT_UNKNOWN, EGRESS));
  }

  @Test
  void payloadLengthZeroMeansTheRest() {
    Packet packet = to(cast.friend(), 443, List.of(HOP_BY_HOP)).patch(Layer.NETWORK, 4, 0, 0);
    passesOut(packet);
    dropsOut(to(cast.friend(), 444, List.of()).patch(Layer.NETWORK, 4, 0, 0));
  }

  @Test
  void aLongChainIsStillAFlow() {
    Packet syn = to(cast.friend(), 443, List.of(HOP_BY_HOP, DESTINATION));
    passesOut(syn);
    passesIn(
        arriving(cast.friend()).tcp(443, 40000, Payload.SYN | Payload.ACK).extension(DESTINATION));
    assertEquals(State.OPEN, flow().state());
  }
}
