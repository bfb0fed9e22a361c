package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.Endpoint;
import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.Hook;
import io.merlon.datapath.harness.Mode;
import io.merlon.datapath.harness.PeerClass;
import io.merlon.datapath.harness.Settings;
import io.merlon.datapath.harness.TableSketch;
import io.merlon.datapath.packet.Packet;
import io.merlon.datapath.packet.Payload;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A pod speaks for its own addresses only. */
class SourceVerificationPacketTest extends PacketStory {

  @BeforeEach
  void allowEverything() {
    policy(TableSketch.open(Cast.CLASSES, RULE));
  }

  private Packet from(Address source) {
    return Packet.between(source, cast.friend());
  }

  private Address anyAddress() {
    return Address.of(family == Family.V4 ? "0.0.0.0" : "::");
  }

  private Packet dhcp() {
    return family == Family.V4
        ? Packet.between(anyAddress(), Address.of("255.255.255.255")).udp(68, 67)
        : Packet.between(Address.of("fe80::aa"), Address.of("ff02::1:2")).udp(546, 547);
  }

  @Test
  void itsOwnAddressPasses() {
    passesOut(from(cast.pod()).udp(1, 2));
    assertEquals(1, counted(RULE));
  }

  @Test
  void everyOtherAddressIsSpoofed() {
    List<Address> sources =
        new ArrayList<>(
            List.of(
                cast.neighbour(),
                cast.friend(),
                cast.node(),
                cast.nobody(),
                cast.pod().plus(1),
                cast.pod().plus(-1),
                anyAddress()));
    if (family == Family.V6) {
      sources.add(Address.of("fe80::aa"));
      sources.add(Address.of("ff02::1"));
    }
    for (Address source : sources) {
      dropsOut(from(source).tcp(1, 2, Payload.SYN));
      dropsOut(from(source).udp(1, 2));
      dropsOut(from(source).echoRequest(1));
      dropsOut(from(source).opaque(47, 4));
    }
    assertEquals(4L * sources.size(), counted(Code.SPOOFED, EGRESS));
    noFlow();
  }

  @Test
  void switchedOffItIsPolicysAffair() {
    datapath.configure(Settings.DEFAULT.withVerifySource(false));
    passesOut(from(cast.neighbour()).udp(1, 2));
    assertEquals(1, counted(RULE));
    assertEquals(cast.neighbour(), datapath.flows().keySet().iterator().next().pod());
  }

  @Test
  void whatComesToThePodIsNotItsSource() {
    passesIn(Packet.between(cast.neighbour(), cast.pod()).udp(1, 2));
    passesIn(Packet.between(cast.pod(), cast.pod()).udp(1, 2));
  }

  @Test
  void everyAddressOfAPodIsItsOwn() {
    List<Address> own = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      for (Family each : Family.values()) {
        own.add(Cast.of(each).pod().plus(100 + i));
        datapath.address(Cast.of(each).pod().plus(100 + i), PeerClass.of(Cast.PODS));
      }
    }
    datapath.endpoint(LINE, new Endpoint(SUBJECT, Mode.ENFORCE, own));
    for (int i = 0; i < 5; i++) {
      passesOut(from(cast.pod().plus(100 + i)).udp(1, 2));
    }
    dropsOut(from(cast.pod()).udp(1, 2));
    dropsOut(from(cast.neighbour()).udp(1, 2));
    assertEquals(2, counted(Code.SPOOFED, EGRESS));
  }

  @Test
  void anotherPodsAddressIsNotItsOwnBecauseItIsLocal() {
    boolean passed = datapath.send(Hook.FROM_POD, NEXT_LINE, from(cast.pod()).udp(1, 2).frame());
    assertEquals(false, passed);
  }

  @Test
  void aPodWithoutAnAddressYetAsksForOne() {
    policy(isolated());
    passesOut(dhcp());
    assertEquals(0, datapath.counters().size());
    noFlow();
  }

  @Test
  void whatOnlyLooksLikeAskingIsSpoofed() {
    Packet asking = dhcp();
    Address elsewhere = cast.friend();
    dropsOut(Packet.between(asking.network().source(), elsewhere).with(asking.payload()));
    dropsOut(
        Packet.between(cast.neighbour(), asking.network().destination()).with(asking.payload()));
    dropsOut(asking.udp(69, 67));
    dropsOut(asking.udp(68, 68));
    dropsOut(asking.tcp(68, 67, Payload.SYN));
    dropsOut(asking.with(new Payload.Udp(68, 67, 64)).fragment(0, 16, 7));
    assertEquals(6, counted(Code.SPOOFED, EGRESS));
  }

  @Test
  void aFlowIsProofEnough() {
    passesOut(from(cast.pod()).udp(1, 2));
    datapath.endpoint(LINE, new Endpoint(SUBJECT, Mode.ENFORCE, List.of(cast.neighbour())));
    passesOut(from(cast.pod()).udp(1, 2));
    dropsOut(from(cast.pod()).udp(1, 3));
  }

  @Test
  void aFlowIsNoProofOnceItIsJudgedAgain() {
    passesOut(from(cast.pod()).udp(1, 2));
    passesIn(arriving(cast.friend()).udp(2, 1));
    datapath.endpoint(LINE, new Endpoint(SUBJECT, Mode.ENFORCE, List.of(cast.neighbour())));
    datapath.bumpEpoch();
    dropsOut(from(cast.pod()).udp(1, 2));
    assertEquals(1, counted(Code.SPOOFED, EGRESS));
  }

  @Test
  void switchedOnLaterItEndsWhatBorrowedAddressesBegan() {
    datapath.configure(Settings.DEFAULT.withVerifySource(false));
    passesOut(from(cast.neighbour()).tcp(1, 2, Payload.SYN));
    passesOut(from(cast.neighbour()).tcp(1, 2, Payload.ACK));
    datapath.configure(Settings.DEFAULT);
    datapath.bumpEpoch();
    dropsOut(from(cast.neighbour()).tcp(1, 2, Payload.ACK));
    assertEquals(1, counted(Code.SPOOFED, EGRESS));
  }

  @Test
  void aSynIsVerifiedEvenOverAFlow() {
    passesOut(from(cast.pod()).tcp(1, 2, Payload.SYN));
    passesIn(arriving(cast.friend()).tcp(2, 1, Payload.SYN | Payload.ACK));
    datapath.endpoint(LINE, new Endpoint(SUBJECT, Mode.ENFORCE, List.of(cast.neighbour())));
    passesOut(from(cast.pod()).tcp(1, 2, Payload.ACK));
    dropsOut(from(cast.pod()).tcp(1, 2, Payload.SYN));
  }

  @Test
  void outsideEnforcementItPassesAndIsCountedAndMakesNoFlow() {
    endpoint(Mode.AUDIT);
    passesOut(from(cast.neighbour()).udp(1, 2));
    assertEquals(1, counted(Code.SPOOFED, EGRESS, Mode.AUDIT));
    noFlow();
  }

  @Test
  void theOtherFamilysAddressDoesNotCount() {
    datapath.endpoint(
        LINE,
        new Endpoint(
            SUBJECT,
            Mode.ENFORCE,
            List.of(Cast.of(family == Family.V4 ? Family.V6 : Family.V4).pod())));
    dropsOut(from(cast.pod()).udp(1, 2));
    dropsOut(from(anyAddress()).udp(1, 2));
    assertEquals(2, counted(Code.SPOOFED, EGRESS));
  }

  @Test
  void aPodWithoutPolicyIsStillVerified() {
    datapath.table(SUBJECT, TableSketch.open(1, RULE).table());
    dropsOut(from(cast.nobody()).with(new Payload.Udp(1, 2, 0)));
  }
}
