package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.Direction.INGRESS;
import static io.merlon.datapath.harness.ProtocolGroup.OTHER;
import static io.merlon.datapath.harness.ProtocolGroup.TCP;
import static io.merlon.datapath.harness.ProtocolGroup.UDP;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.FlowView.State;
import io.merlon.datapath.harness.TableSketch;
import io.merlon.datapath.harness.TableSketch.Ports;
import io.merlon.datapath.packet.Packet;
import org.junit.jupiter.api.Test;

/** Pings, and what else ICMP says on its own account. */
class IcmpPacketTest extends PacketStory {

  private void egressOfEverything() {
    policy(isolated().everything(Cast.FRIENDS, EGRESS, true, RULE));
  }

  private Packet timestamp(Packet packet) {
    return packet.icmp(family == Family.V4 ? 13 : 200, 0, 0, new byte[12]);
  }

  @Test
  void aPingPassesWhereEverythingIsAllowed() {
    egressOfEverything();
    passesOut(leaving(cast.friend()).echoRequest(7));
    assertEquals(State.ECHO, flow().state());
    passesIn(arriving(cast.friend()).echoReply(7));
    assertEquals(2, counted(RULE));
  }

  @Test
  void aRuleWithPortsIsNoneForIcmp() {
    policy(
        isolated()
            .allow(Cast.FRIENDS, EGRESS, TCP, Ports.ALL, RULE)
            .allow(Cast.FRIENDS, EGRESS, UDP, Ports.ALL, RULE));
    dropsOut(leaving(cast.friend()).echoRequest(7));
    dropsOut(timestamp(leaving(cast.friend())));
    assertEquals(2, counted(DENIED));
  }

  @Test
  void anEchoNobodyAskedForIsJudgedOnItsOwn() {
    egressOfEverything();
    dropsIn(arriving(cast.friend()).echoReply(7));
    passesOut(leaving(cast.friend()).echoReply(7));
    noFlow();
    passesOut(leaving(cast.friend()).echoRequest(7));
    dropsIn(arriving(cast.friend()).echoReply(8));
    dropsIn(arriving(cast.stranger()).echoReply(7));
  }

  @Test
  void aPingOfTheOtherEndIsNoAnswerEvenOfTheSameNumber() {
    egressOfEverything();
    passesOut(leaving(cast.friend()).echoRequest(7));
    dropsIn(arriving(cast.friend()).echoRequest(7));
    passesIn(arriving(cast.friend()).echoReply(7));
    assertEquals(2, counted(RULE));
  }

  @Test
  void pingsOfBothEndsMayHaveTheSameNumber() {
    policy(TableSketch.open(Cast.CLASSES, RULE));
    for (int i = 0; i < 3; i++) {
      passesOut(leaving(cast.friend()).echoRequest(7));
      passesIn(arriving(cast.friend()).echoRequest(7));
      passesOut(leaving(cast.friend()).echoReply(7));
      passesIn(arriving(cast.friend()).echoReply(7));
    }
    assertEquals(12, counted(RULE));
  }

  @Test
  void aPingIsForgottenAfterHalfAMinute() {
    egressOfEverything();
    passesOut(leaving(cast.friend()).echoRequest(7));
    datapath.elapse(28);
    passesIn(arriving(cast.friend()).echoReply(7));
    datapath.elapse(28);
    passesIn(arriving(cast.friend()).echoReply(7));
    datapath.elapse(35);
    dropsIn(arriving(cast.friend()).echoReply(7));
  }

  @Test
  void aPingableServerNeedsNoEgress() {
    policy(isolated().allow(Cast.STRANGERS, INGRESS, OTHER, Ports.ALL, RULE));
    passesIn(arriving(cast.stranger()).echoRequest(1));
    passesOut(leaving(cast.stranger()).echoReply(1));
  }

  @Test
  void otherTypesAreFlowsWithoutPorts() {
    egressOfEverything();
    passesOut(timestamp(leaving(cast.friend())));
    assertEquals(State.OTHER, flow().state());
    passesIn(timestamp(arriving(cast.friend())));
    datapath.elapse(63);
    noFlow();
  }

  @Test
  void theOtherFamilysIcmpIsJustAProtocol() {
    egressOfEverything();
    int foreign = family == Family.V4 ? 58 : 1;
    passesOut(leaving(cast.friend()).opaque(foreign, 2));
    assertEquals(State.OTHER, flow().state());
    dropsOut(leaving(cast.stranger()).opaque(foreign, 2));
  }

  @Test
  void protocolsWithoutPortsFollowTheRuleForEveryProtocol() {
    egressOfEverything();
    for (int protocol : new int[] {47, 50, 59, 4, 41, 255}) {
      passesOut(leaving(cast.friend()).opaque(protocol, 0));
      passesIn(arriving(cast.friend()).opaque(protocol, 20));
      dropsIn(arriving(cast.stranger()).opaque(protocol, 20));
    }
    assertEquals(6, datapath.flows().size());
  }

  @Test
  void aRedirectIsNoError() {
    egressOfEverything();
    Packet sent = leaving(cast.friend()).tcp(40000, 443, 2);
    passesOut(sent);
    int redirect = family == Family.V4 ? 5 : 137;
    dropsIn(arriving(cast.stranger()).icmp(redirect, 0, 0, sent.datagram()));
  }
}
