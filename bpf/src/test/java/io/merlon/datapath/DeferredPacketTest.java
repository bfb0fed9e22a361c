package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.Direction.INGRESS;
import static io.merlon.datapath.harness.ProtocolGroup.TCP;
import static io.merlon.datapath.harness.ProtocolGroup.UDP;
import static io.merlon.datapath.packet.Payload.ACK;
import static io.merlon.datapath.packet.Payload.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.CounterKey;
import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.Frame;
import io.merlon.datapath.harness.Hook;
import io.merlon.datapath.harness.Mode;
import io.merlon.datapath.harness.PacketTarget;
import io.merlon.datapath.harness.Stat;
import io.merlon.datapath.harness.TableSketch;
import io.merlon.datapath.harness.TableSketch.Ports;
import io.merlon.datapath.packet.Packet;
import io.merlon.datapath.packet.Payload;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a pod sent to a service whose backends differ is judged where its backend is known. */
class DeferredPacketTest extends PacketStory {
  private static final int END = 2000;

  @BeforeEach
  void bothAllow80() {
    policy(isolated().allow(Cast.PODS, INGRESS, TCP, Ports.of(80), RULE));
    senderMay(80);
  }

  private void sender(TableSketch sketch) {
    datapath.table(NEXT_SUBJECT, sketch.table());
  }

  private void senderMay(int port) {
    sender(isolated().allow(Cast.PODS, EGRESS, TCP, Ports.of(port), RULE));
  }

  private static int mark(Mode mode) {
    int number =
        switch (mode) {
          case ENFORCE -> 0;
          case AUDIT -> 1;
          case OBSERVE -> 2;
        };
    return 0x8000 | number << 12 | NEXT_SUBJECT;
  }

  private Packet request(int port, int flags) {
    return arriving(cast.neighbour()).tcp(40000, port, flags);
  }

  private boolean in(Packet packet, Mode sender) {
    Frame frame = packet.frame().marked(mark(sender));
    return datapath.send(Hook.TO_POD, LINE, frame);
  }

  private boolean out(Packet packet, Mode sender) {
    Frame frame = packet.frame().marked(mark(sender));
    return datapath.send(Hook.UPLINK, PacketTarget.UPLINK_LINE, frame);
  }

  private long ofSender(int decision, Mode mode) {
    return count(new CounterKey.Decision(NEXT_SUBJECT, decision, mode)).packets();
  }

  @Test
  void whatBothAllowPasses() {
    assertEquals(true, in(request(80, SYN), Mode.ENFORCE));
    assertEquals(mark(Mode.ENFORCE), flow().mark());
    assertEquals(true, in(request(80, ACK), Mode.ENFORCE));
    passesOut(leaving(cast.neighbour()).tcp(80, 40000, ACK));
    assertEquals(3, counted(RULE));
  }

  @Test
  void whatItsSenderMayNotReachIsDroppedThere() {
    senderMay(81);
    assertEquals(false, in(request(80, SYN), Mode.ENFORCE));
    assertEquals(1, ofSender(DENIED, Mode.ENFORCE));
    assertEquals(0, counted(RULE));
    noFlow();
  }

  @Test
  void whatItsReceiverDeniesIsItsDenial() {
    assertEquals(false, in(request(81, SYN), Mode.ENFORCE));
    assertEquals(1, counted(DENIED));
    assertEquals(0, ofSender(DENIED, Mode.ENFORCE));
  }

  @Test
  void anAuditedSenderIsRecordedAndAnEnforcedOneDecides() {
    senderMay(81);
    assertEquals(true, in(request(80, SYN), Mode.AUDIT));
    assertEquals(1, ofSender(DENIED, Mode.AUDIT));
    endpoint(Mode.AUDIT);
    assertEquals(false, in(request(82, SYN), Mode.ENFORCE));
    assertEquals(1, ofSender(DENIED, Mode.ENFORCE));
    assertEquals(true, in(request(83, SYN), Mode.AUDIT));
    assertEquals(1, counted(DENIED, Mode.AUDIT));
  }

  @Test
  void whatComesWithoutTheMarkIsAnotherFlow() {
    assertEquals(true, in(request(80, SYN), Mode.ENFORCE));
    policy(isolated());
    assertEquals(true, in(request(80, ACK), Mode.ENFORCE));
    dropsIn(request(80, ACK));
  }

  @Test
  void whatAnAuditedSenderMayNotDoesNotDisturbALivingFlow() {
    passesIn(request(80, SYN));
    senderMay(81);
    assertEquals(true, in(request(80, SYN), Mode.AUDIT));
    assertEquals(0, flow().mark());
    passesIn(request(80, ACK));
    assertEquals(2, counted(RULE));
  }

  @Test
  void aNarrowingOfTheSenderEndsIt() {
    assertEquals(true, in(request(80, SYN), Mode.ENFORCE));
    senderMay(81);
    datapath.bumpEpoch();
    assertEquals(false, in(request(80, ACK), Mode.ENFORCE));
    dropsOut(leaving(cast.neighbour()).tcp(80, 40000, ACK));
    assertEquals(2, ofSender(DENIED, Mode.ENFORCE));
  }

  @Test
  void anAnswerIsJudgedByBothToo() {
    assertEquals(true, in(request(80, SYN), Mode.ENFORCE));
    senderMay(81);
    datapath.bumpEpoch();
    dropsOut(leaving(cast.neighbour()).tcp(80, 40000, SYN | ACK));
    assertEquals(1, ofSender(DENIED, Mode.ENFORCE));
  }

  @Test
  void anErrorAboutItIsJudgedByBothToo() {
    assertEquals(true, in(request(80, SYN), Mode.ENFORCE));
    Packet complaint =
        leaving(cast.neighbour()).error(family == Family.V4 ? 3 : 1, 3, request(80, SYN), END);
    passesOut(complaint);
    senderMay(81);
    datapath.bumpEpoch();
    dropsOut(complaint);
  }

  @Test
  void aPieceWithoutItsFirstIsDeniedWherePortsMatterToEither() {
    Packet whole = arriving(cast.neighbour()).with(new Payload.Udp(40000, 80, 100));
    policy(isolated().everything(Cast.PODS, INGRESS, true, RULE));
    sender(isolated().allow(Cast.PODS, EGRESS, UDP, Ports.of(80), RULE));
    assertEquals(false, in(whole.fragment(48, END, 7), Mode.ENFORCE));
    assertEquals(
        1,
        count(new CounterKey.Coded(NEXT_SUBJECT, Mode.ENFORCE, EGRESS, Code.FRAGMENT_UNKNOWN))
            .packets());
    assertEquals(true, in(whole.fragment(0, 48, 7), Mode.ENFORCE));
    assertEquals(true, in(whole.fragment(48, END, 7), Mode.ENFORCE));
  }

  @Test
  void aPodThatReachesItselfThroughTheNodeIsNotJudged() {
    Packet masqueraded = arriving(cast.node()).tcp(40000, 81, SYN);
    Frame own = masqueraded.frame().marked(0x8000 | SUBJECT);
    assertEquals(true, datapath.send(Hook.TO_POD, LINE, own));
    assertEquals(false, in(masqueraded, Mode.ENFORCE));
  }

  @Test
  void towardsARemoteBackendTheUplinkJudges() {
    Packet request = Packet.between(cast.neighbour(), cast.pod()).tcp(40000, 80, SYN);
    assertEquals(true, out(request, Mode.ENFORCE));
    assertEquals(
        false, out(Packet.between(cast.neighbour(), cast.pod()).tcp(40000, 81, SYN), Mode.ENFORCE));
    assertEquals(
        true, out(Packet.between(cast.neighbour(), cast.pod()).tcp(40000, 82, SYN), Mode.AUDIT));
    assertEquals(1, ofSender(RULE, Mode.ENFORCE));
    assertEquals(1, ofSender(DENIED, Mode.ENFORCE));
    assertEquals(1, ofSender(DENIED, Mode.AUDIT));
    senderMay(81);
    datapath.bumpEpoch();
    assertEquals(
        false, out(Packet.between(cast.neighbour(), cast.pod()).tcp(40000, 80, ACK), Mode.ENFORCE));
  }

  /** Nobody sees the answers of a remote backend, and its client may be silent for long. */
  @Test
  void aSilentFlowAtTheUplinkIsStillItsClients() {
    TableSketch answers = isolated().everything(Cast.PODS, INGRESS, true, OTHER_RULE);
    sender(answers.allow(Cast.PODS, EGRESS, TCP, Ports.of(80), RULE));
    Packet syn = Packet.between(cast.neighbour(), cast.pod()).tcp(40000, 80, SYN);
    Packet segment = Packet.between(cast.neighbour(), cast.pod()).tcp(40000, 80, ACK);
    assertEquals(true, out(syn, Mode.ENFORCE));
    assertEquals(true, out(syn, Mode.ENFORCE));
    assertEquals(true, out(segment, Mode.ENFORCE));
    datapath.elapse(600);
    assertEquals(true, out(segment, Mode.ENFORCE));
    assertEquals(0, datapath.stat(Stat.PICKED_UP));
    datapath.elapse(600);
    sender(isolated().everything(Cast.PODS, INGRESS, true, OTHER_RULE));
    datapath.bumpEpoch();
    assertEquals(false, out(segment, Mode.ENFORCE));
    assertEquals(0, datapath.stat(Stat.PASSED_AS_ANSWER));
  }

  @Test
  void aSenderThatIsEnforcedIsCutWhateverItsReceiverMaySend() {
    policy(
        isolated()
            .allow(Cast.PODS, INGRESS, TCP, Ports.of(80), RULE)
            .everything(Cast.PODS, EGRESS, true, OTHER_RULE));
    senderMay(81);
    assertEquals(true, in(request(80, SYN), Mode.AUDIT));
    assertEquals(true, in(request(80, ACK), Mode.AUDIT));
    assertEquals(true, flow().far());
    assertEquals(false, in(request(80, ACK), Mode.ENFORCE));
    dropsOut(leaving(cast.neighbour()).tcp(80, 40000, ACK));
    assertEquals(true, flow().revoked());
    assertEquals(true, in(request(80, ACK), Mode.AUDIT));
    passesOut(leaving(cast.neighbour()).tcp(80, 40000, ACK));
    senderMay(80);
    assertEquals(true, in(request(80, ACK), Mode.ENFORCE));
    assertEquals(false, flow().far());
  }

  @Test
  void anErrorOfASenderThatIsEnforcedIsJudgedByThat() {
    senderMay(81);
    assertEquals(true, in(request(80, SYN), Mode.AUDIT));
    Packet answer = leaving(cast.neighbour()).tcp(80, 40000, ACK);
    Packet complaint =
        arriving(cast.neighbour()).error(family == Family.V4 ? 3 : 1, 3, answer, END);
    assertEquals(true, in(complaint, Mode.AUDIT));
    assertEquals(false, in(complaint, Mode.ENFORCE));
  }

  /** Once the backends are alike its client's interface judges, and marks no more. */
  @Test
  void whatIsNotDeferredAnyMoreIsTheSameFlow() {
    policy(
        isolated()
            .allow(Cast.PODS, INGRESS, TCP, Ports.of(80), RULE)
            .everything(Cast.PODS, EGRESS, true, OTHER_RULE));
    assertEquals(true, in(request(80, SYN), Mode.ENFORCE));
    passesIn(request(80, ACK));
    assertEquals(0, flow().mark());
    policy(isolated().everything(Cast.PODS, EGRESS, true, OTHER_RULE));
    datapath.bumpEpoch();
    dropsIn(request(80, ACK));
    dropsOut(leaving(cast.neighbour()).tcp(80, 40000, ACK));
    dropsIn(request(80, ACK));
  }

  @Test
  void aMarkedSegmentAnswersNobody() {
    policy(isolated().everything(Cast.PODS, EGRESS, true, OTHER_RULE));
    for (int flags : new int[] {ACK, SYN | ACK, Payload.FIN, Payload.RST}) {
      assertEquals(false, in(request(80, flags), Mode.ENFORCE));
    }
    assertEquals(4, counted(DENIED));
    bothAllow80();
    assertEquals(true, in(request(80, SYN | ACK), Mode.ENFORCE));
    noFlow();
  }

  @Test
  void aPodCannotMarkItsOwnPackets() {
    policy(isolated().allow(Cast.FRIENDS, EGRESS, TCP, Ports.of(443), RULE));
    Frame forged = leaving(cast.friend()).tcp(40000, 443, SYN).frame().marked(mark(Mode.OBSERVE));
    assertEquals(true, datapath.send(Hook.FROM_POD, LINE, forged));
    assertEquals(0, flow().mark());
    Frame denied = leaving(cast.friend()).tcp(40000, 444, SYN).frame().marked(mark(Mode.OBSERVE));
    assertEquals(false, datapath.send(Hook.FROM_POD, LINE, denied));
  }
}
