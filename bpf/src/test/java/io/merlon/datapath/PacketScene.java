package io.merlon.datapath;

import static io.merlon.datapath.packet.Payload.ACK;
import static io.merlon.datapath.packet.Payload.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.Count;
import io.merlon.datapath.harness.CounterKey;
import io.merlon.datapath.harness.Direction;
import io.merlon.datapath.harness.Endpoint;
import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.FlowView;
import io.merlon.datapath.harness.Frame;
import io.merlon.datapath.harness.Hook;
import io.merlon.datapath.harness.Mode;
import io.merlon.datapath.harness.PacketTarget;
import io.merlon.datapath.harness.PeerClass;
import io.merlon.datapath.harness.TableSketch;
import io.merlon.datapath.packet.Packet;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.provider.Arguments;

/**
 * A pod on a node, seen through its interface. At the start it is isolated in both directions and
 * enforced, and nothing is allowed.
 */
abstract class PacketScene {
  /** The line and the subject of the pod, and of its neighbour. */
  static final int LINE = 0;

  static final int NEXT_LINE = 1;
  static final int SUBJECT = 1;
  static final int NEXT_SUBJECT = 2;

  /** The line no story ever puts an endpoint behind. */
  static final int UNKNOWN_LINE = 3;

  /** Decisions of the pod's table: what is not allowed, and the rules that allow. */
  static final int DENIED = 0;

  static final int RULE = 1;
  static final int OTHER_RULE = 2;

  @Parameter(0)
  @SuppressWarnings("NullAway.Init")
  Stage stage;

  @Parameter(1)
  @SuppressWarnings("NullAway.Init")
  Family family;

  @SuppressWarnings("NullAway.Init")
  PacketTarget datapath;

  @SuppressWarnings("NullAway.Init")
  Cast cast;

  static Stream<Arguments> stages(Family... families) {
    return Arrays.stream(Stage.values())
        .flatMap(stage -> Arrays.stream(families).map(family -> Arguments.of(stage, family)));
  }

  @BeforeEach
  void setTheScene() {
    datapath = stage.target();
    datapath.reset();
    cast = Cast.of(family);
    endpoint(Mode.ENFORCE);
    Cast four = Cast.of(Family.V4);
    Cast six = Cast.of(Family.V6);
    datapath.endpoint(
        NEXT_LINE,
        new Endpoint(NEXT_SUBJECT, Mode.ENFORCE, List.of(four.neighbour(), six.neighbour())));
    for (Cast each : List.of(four, six)) {
      datapath.address(each.friend(), PeerClass.of(Cast.FRIENDS));
      datapath.address(each.stranger(), PeerClass.of(Cast.STRANGERS));
      datapath.address(each.pod(), PeerClass.of(Cast.PODS));
      datapath.address(each.neighbour(), PeerClass.of(Cast.PODS));
      datapath.address(each.node(), PeerClass.node(0));
      datapath.cidr(each.outside(), PeerClass.of(Cast.OUTSIDE));
    }
    policy(isolated());
    datapath.table(NEXT_SUBJECT, TableSketch.isolated(1, DENIED).table());
  }

  /** The pod's endpoint, in this mode. */
  void endpoint(Mode mode) {
    endpoint(mode, Endpoint.End.NEVER);
  }

  void endpoint(Mode mode, Endpoint.End end) {
    List<Address> own = List.of(Cast.of(Family.V4).pod(), Cast.of(Family.V6).pod());
    datapath.endpoint(LINE, new Endpoint(SUBJECT, mode, end, own));
  }

  static TableSketch isolated() {
    return TableSketch.isolated(Cast.CLASSES, DENIED);
  }

  void policy(TableSketch sketch) {
    datapath.table(SUBJECT, sketch.table());
  }

  Packet leaving(Address peer) {
    return Packet.between(cast.pod(), peer);
  }

  Packet arriving(Address peer) {
    return Packet.between(peer, cast.pod());
  }

  /** The connection that stories tell of: the pod's to port 443 of a friend. */
  Packet out(int flags) {
    return leaving(cast.friend()).tcp(40000, 443, flags);
  }

  Packet back(int flags) {
    return arriving(cast.friend()).tcp(443, 40000, flags);
  }

  void connect() {
    passesOut(out(SYN));
    passesIn(back(SYN | ACK));
    passesOut(out(ACK));
  }

  void passesOut(Packet packet) {
    expect(true, Hook.FROM_POD, packet.frame());
  }

  void passesIn(Packet packet) {
    expect(true, Hook.TO_POD, packet.frame());
  }

  void dropsOut(Packet packet) {
    expect(false, Hook.FROM_POD, packet.frame());
  }

  void dropsIn(Packet packet) {
    expect(false, Hook.TO_POD, packet.frame());
  }

  void expect(boolean passes, Hook hook, Frame frame) {
    assertEquals(passes, datapath.send(hook, LINE, frame), () -> hook + " passes " + frame.hex());
  }

  /** Packets counted to a decision of the pod's table while enforced. */
  long counted(int decision) {
    return counted(decision, Mode.ENFORCE);
  }

  long counted(int decision, Mode mode) {
    return count(new CounterKey.Decision(SUBJECT, decision, mode)).packets();
  }

  /** Packets of the pod counted to no decision of a table while enforced. */
  long counted(Code code, Direction direction) {
    return counted(code, direction, Mode.ENFORCE);
  }

  long counted(Code code, Direction direction, Mode mode) {
    return count(new CounterKey.Coded(SUBJECT, mode, direction, code)).packets();
  }

  Count count(CounterKey key) {
    return datapath.counters().getOrDefault(key, Count.NONE);
  }

  /** The only flow there is. */
  FlowView flow() {
    List<FlowView> flows = List.copyOf(datapath.flows().values());
    assertEquals(1, flows.size(), () -> "flows " + datapath.flows());
    return flows.getFirst();
  }

  void noFlow() {
    assertEquals(0, datapath.flows().size(), () -> "flows " + datapath.flows());
  }
}
