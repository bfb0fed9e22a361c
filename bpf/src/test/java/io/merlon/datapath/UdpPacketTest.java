package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.Direction.INGRESS;
import static io.merlon.datapath.harness.ProtocolGroup.UDP;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.harness.FlowView.State;
import io.merlon.datapath.harness.TableSketch.Ports;
import io.merlon.datapath.packet.Packet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Questions and answers without a connection. */
class UdpPacketTest extends PacketStory {

  @BeforeEach
  void allowDns() {
    policy(isolated().allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(53), RULE));
  }

  private Packet question() {
    return leaving(cast.friend()).udp(40000, 53);
  }

  private Packet answer() {
    return arriving(cast.friend()).udp(53, 40000);
  }

  @Test
  void anAnswerPasses() {
    passesOut(question());
    assertEquals(State.ONE_WAY, flow().state());
    passesIn(answer());
    assertEquals(State.BOTH_WAYS, flow().state());
    assertEquals(2, counted(RULE));
  }

  @Test
  void anAnswerNobodyAskedForIsDenied() {
    dropsIn(answer());
    passesOut(question());
    dropsIn(arriving(cast.friend()).udp(54, 40000));
    dropsIn(arriving(cast.friend()).udp(53, 40001));
    dropsIn(arriving(cast.stranger()).udp(53, 40000));
    assertEquals(4, counted(DENIED));
  }

  @Test
  void moreQuestionsDoNotMakeAnAnswer() {
    passesOut(question());
    passesOut(question());
    assertEquals(State.ONE_WAY, flow().state());
  }

  @Test
  void anUnansweredQuestionIsForgottenAfterAMinute() {
    passesOut(question());
    datapath.elapse(56);
    passesOut(question());
    datapath.elapse(56);
    passesIn(answer());
    datapath.elapse(182);
    noFlow();
    passesOut(question());
    datapath.elapse(63);
    dropsIn(answer());
  }

  /** Half the circle of a 32-bit clock of milliseconds has passed: nothing may look young again. */
  @Test
  void aSilentMonthBringsNothingBack() {
    passesOut(question());
    passesIn(answer());
    datapath.elapse(30 * 24 * 3600);
    dropsIn(answer());
    noFlow();
  }

  @Test
  void aConversationIsForgottenAfterThreeMinutes() {
    passesOut(question());
    passesIn(answer());
    datapath.elapse(175);
    passesIn(answer());
    datapath.elapse(175);
    passesOut(question());
    datapath.elapse(182);
    dropsIn(answer());
  }

  @Test
  void aServerAnswersWhoMayAsk() {
    policy(isolated().allow(Cast.STRANGERS, INGRESS, UDP, Ports.of(53), RULE));
    dropsOut(leaving(cast.stranger()).udp(53, 40000));
    passesIn(arriving(cast.stranger()).udp(40000, 53));
    passesOut(leaving(cast.stranger()).udp(53, 40000));
    assertEquals(INGRESS, flow().opener());
  }

  @Test
  void tcpAndUdpOfTheSamePortsAreTwoFlows() {
    passesOut(question());
    dropsIn(arriving(cast.friend()).tcp(53, 40000, 0x10));
  }
}
