package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.Direction.INGRESS;
import static io.merlon.datapath.harness.ProtocolGroup.TCP;
import static io.merlon.datapath.harness.ProtocolGroup.UDP;
import static io.merlon.datapath.packet.Payload.ACK;
import static io.merlon.datapath.packet.Payload.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.datapath.harness.Cidr;
import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.Fate;
import io.merlon.datapath.harness.Hook;
import io.merlon.datapath.harness.Mode;
import io.merlon.datapath.harness.PeerClass;
import io.merlon.datapath.harness.Service;
import io.merlon.datapath.harness.TableSketch.Ports;
import io.merlon.datapath.packet.Packet;
import io.merlon.datapath.packet.Payload;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A virtual address is judged by what stands behind it. */
class ServicePacketTest extends PacketStory {
  /** The virtual address is in an ipBlock of its own. */
  private static final int BLOCK = Cast.OUTSIDE;

  @BeforeEach
  void aService() {
    datapath.address(cast.service(), PeerClass.service(0));
    datapath.cidr(new Cidr(cast.service(), 24), PeerClass.of(BLOCK));
    policy(isolated().allow(Cast.FRIENDS, EGRESS, TCP, Ports.of(8080), RULE));
  }

  private void serve(int port, Service service) {
    datapath.service(new Service.Key(cast.service(), port, Payload.TCP), service);
  }

  private static Service friendsOn(int port) {
    return new Service.Alike(PeerClass.of(Cast.FRIENDS), port);
  }

  private Packet to(int port) {
    return leaving(cast.service()).tcp(40000, port, SYN);
  }

  private Packet answer(int port) {
    return arriving(cast.service()).tcp(port, 40000, SYN | ACK);
  }

  @Test
  void theTargetPortDecides() {
    serve(80, friendsOn(8080));
    serve(8080, friendsOn(80));
    passesOut(to(80));
    passesIn(answer(80));
    dropsOut(to(8080));
    assertEquals(2, counted(RULE));
    assertEquals(1, counted(DENIED));
  }

  @Test
  void theBackendsClassDecides() {
    serve(80, new Service.Alike(PeerClass.of(Cast.STRANGERS), 8080));
    dropsOut(to(80));
  }

  @Test
  void aPortThatIsNotServedIsJudgedByTheAddress() {
    policy(isolated().allow(BLOCK, EGRESS, TCP, Ports.of(443), OTHER_RULE));
    serve(80, friendsOn(8080));
    passesOut(to(443));
    dropsOut(to(80));
    assertEquals(1, counted(OTHER_RULE));
  }

  @Test
  void aProtocolThatIsNotServedIsJudgedByTheAddress() {
    policy(isolated().allow(BLOCK, EGRESS, UDP, Ports.of(80), OTHER_RULE));
    serve(80, friendsOn(8080));
    passesOut(leaving(cast.service()).udp(40000, 80));
    dropsOut(leaving(cast.service()).sctp(40000, 80, 1));
    dropsOut(leaving(cast.service()).echoRequest(80));
  }

  @Test
  void onlyOpenersOfThePodGoToAService() {
    policy(isolated().everything(Cast.FRIENDS, EGRESS, true, RULE));
    serve(40000, friendsOn(8080));
    dropsIn(arriving(cast.service()).tcp(80, 40000, SYN));
    dropsIn(arriving(cast.service()).tcp(40000, 40000, SYN));
  }

  @Test
  void anAnswerOfAServiceNobodyRemembersIsJudgedByItsOpening() {
    serve(80, friendsOn(8080));
    passesIn(arriving(cast.service()).tcp(80, 40000, ACK));
    dropsIn(arriving(cast.service()).tcp(81, 40000, ACK));
    noFlow();
    assertEquals(1, counted(RULE));
  }

  @Test
  void differingBackendsAreDecidedElsewhere() {
    serve(80, new Service.Mixed());
    assertEquals(Fate.MARKED, fateOut(to(80)));
    assertTrue(flow().deferred());
    passesIn(answer(80));
    assertEquals(Fate.MARKED, fateOut(leaving(cast.service()).tcp(40000, 80, ACK)));
    assertEquals(3, counted(Code.DEFERRED, EGRESS));
  }

  @Test
  void everythingOfADeferredFlowIsMarkedUntilItIsDecidedHere() {
    serve(80, new Service.Mixed());
    int[] beforeTheFlow = {Payload.RST, ACK, SYN};
    for (int flags : beforeTheFlow) {
      assertEquals(Fate.MARKED, fateOut(leaving(cast.service()).tcp(40000, 80, flags)));
    }
    datapath.bumpEpoch();
    assertEquals(Fate.MARKED, fateOut(leaving(cast.service()).tcp(40000, 80, ACK)));
    Packet answer = answer(80);
    passesIn(answer);
    Packet error = leaving(cast.service()).error(family == Family.V4 ? 3 : 1, 0, answer, 2000);
    assertEquals(Fate.MARKED, fateOut(error));
    datapath.bumpEpoch();
    assertEquals(Fate.MARKED, fateOut(error));
    serve(80, friendsOn(8080));
    datapath.bumpEpoch();
    assertEquals(Fate.PASSED, fateOut(leaving(cast.service()).tcp(40000, 80, ACK)));
  }

  /** A tenant can name any address in a service: it must not hide whose the address is. */
  @Test
  void anAddressThatIsSomebodysStaysTheirsForAllThatIsNotServed() {
    datapath.address(cast.service(), PeerClass.service(Cast.STRANGERS));
    policy(
        isolated()
            .everything(BLOCK, EGRESS, true, RULE)
            .everything(BLOCK, INGRESS, true, RULE)
            .allow(Cast.FRIENDS, EGRESS, TCP, Ports.of(8080), RULE));
    serve(80, friendsOn(8080));
    passesOut(to(80));
    dropsOut(to(81));
    dropsIn(arriving(cast.service()).tcp(80, 40000, SYN));
  }

  private Fate fateOut(Packet packet) {
    return datapath.fate(Hook.FROM_POD, LINE, packet.frame());
  }

  @Test
  void backendsThatBecomeAlikeAreDecidedHereAgain() {
    serve(80, new Service.Mixed());
    passesOut(to(80));
    serve(80, friendsOn(8080));
    datapath.bumpEpoch();
    passesIn(answer(80));
    assertFalse(flow().deferred());
    assertEquals(1, counted(RULE));
    serve(80, new Service.Alike(PeerClass.of(Cast.STRANGERS), 8080));
    datapath.bumpEpoch();
    dropsOut(leaving(cast.service()).tcp(40000, 80, ACK));
    assertTrue(flow().revoked());
  }

  @Test
  void aRemovedServiceIsAnAddress() {
    serve(80, friendsOn(8080));
    passesOut(to(80));
    datapath.removeService(new Service.Key(cast.service(), 80, Payload.TCP));
    datapath.bumpEpoch();
    dropsOut(leaving(cast.service()).tcp(40000, 80, ACK));
  }

  @Test
  void anAddressThatIsNoServiceIsNotLookedUp() {
    datapath.address(cast.service(), PeerClass.of(BLOCK));
    serve(80, friendsOn(8080));
    dropsOut(to(80));
  }

  @Test
  void backendsOnTheNodeItselfAreTheNode() {
    serve(80, new Service.Alike(PeerClass.node(0), 6443));
    passesOut(to(80));
    assertEquals(1, counted(Code.NODE, EGRESS));
  }

  @Test
  void aLaterFragmentToAServiceIsJudgedByTheAddress() {
    serve(80, friendsOn(8080));
    policy(
        isolated()
            .everything(BLOCK, EGRESS, true, OTHER_RULE)
            .everything(Cast.FRIENDS, EGRESS, false, DENIED));
    Packet whole = leaving(cast.service()).with(new Payload.Tcp(40000, 80, ACK, 0, 64));
    passesOut(whole.fragment(40, 64, 9));
    assertEquals(1, counted(OTHER_RULE));
  }

  @Test
  void inAuditADeniedServiceIsCounted() {
    endpoint(Mode.AUDIT);
    serve(80, new Service.Alike(PeerClass.of(Cast.STRANGERS), 8080));
    passesOut(to(80));
    passesIn(answer(80));
    assertEquals(2, counted(DENIED, Mode.AUDIT));
  }
}
