package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.ProtocolGroup.UDP;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.CounterKey;
import io.merlon.datapath.harness.Event;
import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.Frame;
import io.merlon.datapath.harness.Hook;
import io.merlon.datapath.harness.Stat;
import io.merlon.datapath.harness.TableSketch.Ports;
import io.merlon.datapath.packet.Edit.Layer;
import io.merlon.datapath.packet.Extension;
import io.merlon.datapath.packet.Frames;
import io.merlon.datapath.packet.Packet;
import io.merlon.datapath.packet.Payload;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every reason there is has a packet that is denied for it, and is told so. */
@ParameterizedClass(name = "{0} {1}")
@MethodSource("stages")
class DropReasonPacketTest extends PacketScene {

  static Stream<Arguments> stages() {
    return Stream.of(Family.values()).map(family -> Arguments.of(Stage.KERNEL, family));
  }

  @ParameterizedTest
  @EnumSource
  void isGivenAndTold(DropReason reason) {
    policy(
        isolated()
            .allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(53), RULE)
            .deny(Cast.FRIENDS, EGRESS, UDP, Ports.of(80), Code.METADATA_GUARD, OTHER_RULE));
    datapath.events(false, true);
    Frame frame = packet(reason);
    assertEquals(false, datapath.send(Hook.FROM_POD, line(reason), frame), frame::hex);
    List<Event> events = datapath.drainEvents();
    assertEquals(1, events.size(), events::toString);
    assertEquals(Event.Kind.DENIED, events.getFirst().kind());
    assertEquals(reason.code(), number(events.getFirst().reason()));
    assertEquals(1, packets(events.getFirst().countedTo()));
  }

  private long packets(CounterKey key) {
    return key instanceof CounterKey.Nobodys
        ? datapath.stat(Stat.UNKNOWN_DROPPED)
        : count(key).packets();
  }

  private static int number(@org.jspecify.annotations.Nullable Code code) {
    return code == null ? 0 : code.number();
  }

  private static int line(DropReason reason) {
    return reason == DropReason.UNKNOWN_ENDPOINT ? UNKNOWN_LINE : LINE;
  }

  private Frame packet(DropReason reason) {
    Packet question = leaving(cast.friend()).with(new Payload.Udp(40000, 53, 56));
    return switch (reason) {
      case POLICY -> leaving(cast.friend()).udp(40000, 54).frame();
      case REVOKED -> revoked(question);
      case UNKNOWN_ENDPOINT -> question.frame();
      case ETHERTYPE -> Frames.of(0x88cc, 46);
      case TRUNCATED -> question.cut(Layer.TRANSPORT, 7).frame();
      case BAD_HEADER -> leaving(cast.friend()).tcp(1, 2, 2).patch(Layer.TRANSPORT, 12, 0).frame();
      case EXTENSION_CHAIN -> nineHeaders();
      case ROUTING_HEADER -> six(53).extension(new Extension.Routing(1, 0)).frame();
      case FRAGMENT_UNKNOWN -> question.fragment(24, 1000, 7).frame();
      case FRAGMENT_OVERLAP ->
          leaving(cast.friend()).with(new Payload.Tcp(1, 2, 2, 0, 60)).fragment(8, 32, 4).frame();
      case SPOOFED -> Packet.between(cast.neighbour(), cast.friend()).udp(40000, 53).frame();
      case NO_TABLE -> withoutTable(question);
      case METADATA_GUARD -> leaving(cast.friend()).udp(40000, 80).frame();
    };
  }

  /** Extension headers are IPv6's, whatever the scene is. */
  private static Packet six(int port) {
    Address pod = Cast.of(Family.V6).pod();
    return Packet.between(pod, Cast.of(Family.V6).friend()).udp(40000, port);
  }

  private static Frame nineHeaders() {
    Packet packet = six(53);
    for (int i = 0; i < 9; i++) {
      packet = packet.extension(new Extension.Options(Extension.DESTINATION, 0));
    }
    return packet.frame();
  }

  private Frame revoked(Packet question) {
    passesOut(question);
    policy(isolated());
    datapath.bumpEpoch();
    return question.frame();
  }

  private Frame withoutTable(Packet question) {
    datapath.removeTable(SUBJECT);
    return question.frame();
  }
}
