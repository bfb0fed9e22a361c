package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.Direction.INGRESS;
import static io.merlon.datapath.harness.ProtocolGroup.UDP;
import static io.merlon.datapath.packet.Payload.ACK;
import static io.merlon.datapath.packet.Payload.FIN;
import static io.merlon.datapath.packet.Payload.RST;
import static io.merlon.datapath.packet.Payload.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Cidr;
import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.Family;
import io.merlon.datapath.harness.PeerClass;
import io.merlon.datapath.harness.TableSketch.Ports;
import io.merlon.datapath.packet.Packet;
import io.merlon.datapath.packet.Payload;
import org.junit.jupiter.api.Test;

/** Whose class an address has. */
class AddressPacketTest extends PacketStory {

  private void allowFriends() {
    policy(isolated().everything(Cast.FRIENDS, EGRESS, true, RULE));
  }

  private Packet to(Address peer) {
    return leaving(peer).udp(40000, 53);
  }

  private Cidr everything() {
    return Cidr.of(family == Family.V4 ? "0.0.0.0/0" : "::/0");
  }

  @Test
  void anExactAddressGoesBeforeEveryPrefix() {
    allowFriends();
    datapath.cidr(new Cidr(cast.friend(), family.bytes() * 8), PeerClass.of(Cast.STRANGERS));
    passesOut(to(cast.friend()));
    datapath.removeAddress(cast.friend());
    datapath.bumpEpoch();
    dropsOut(to(cast.friend()));
  }

  @Test
  void theLongestPrefixDecides() {
    allowFriends();
    int bits = family.bytes() * 8;
    datapath.cidr(new Cidr(cast.nobody(), bits - 8), PeerClass.of(Cast.FRIENDS));
    datapath.cidr(new Cidr(cast.nobody(), bits - 4), PeerClass.of(Cast.STRANGERS));
    dropsOut(to(cast.nobody()));
    passesOut(to(cast.nobody().plus(64)));
    dropsOut(to(cast.nobody().plus(512)));
    datapath.removeCidr(new Cidr(cast.nobody(), bits - 4));
    passesOut(to(cast.nobody()));
  }

  @Test
  void allOfOneFamilyIsNothingOfTheOther() {
    allowFriends();
    Cidr others = Cidr.of(family == Family.V4 ? "::/0" : "0.0.0.0/0");
    datapath.cidr(others, PeerClass.of(Cast.FRIENDS));
    dropsOut(to(cast.nobody()));
    datapath.cidr(everything(), PeerClass.of(Cast.FRIENDS));
    passesOut(to(cast.nobody()));
  }

  @Test
  void anAddressNobodyKnowsIsJudgedByTheAnyRow() {
    dropsOut(to(cast.nobody()));
    policy(isolated().allow(0, EGRESS, UDP, Ports.of(53), RULE));
    passesOut(to(cast.nobody()));
    dropsOut(to(cast.friend()));
  }

  @Test
  void theNodeIsAlwaysAllowedBothWays() {
    passesOut(leaving(cast.node()).tcp(40000, 10250, SYN));
    passesOut(leaving(cast.node()).echoRequest(1));
    passesIn(arriving(cast.node()).tcp(40000, 8080, SYN));
    passesIn(arriving(cast.node()).udp(1, 2));
    assertEquals(2, counted(Code.NODE, EGRESS));
    assertEquals(2, counted(Code.NODE, INGRESS));
    assertEquals(4, datapath.flows().size());
  }

  @Test
  void anotherNodeIsAnAddressLikeAnyOther() {
    datapath.address(cast.stranger(), PeerClass.of(Cast.STRANGERS));
    dropsIn(arriving(cast.stranger()).tcp(40000, 8080, SYN));
  }

  @Test
  void aPrefixMayBeTheNodesToo() {
    datapath.cidr(new Cidr(cast.nobody(), 24), PeerClass.node(Cast.STRANGERS));
    passesIn(arriving(cast.nobody()).tcp(40000, 8080, SYN));
    assertEquals(1, counted(Code.NODE, INGRESS));
  }

  @Test
  void aPodReachesItself() {
    passesOut(to(cast.pod()));
    assertEquals(1, counted(Code.SELF, EGRESS));
    dropsOut(to(cast.neighbour()));
  }

  @Test
  void whatArrivesFromThePodsOwnAddressIsSomebodyElses() {
    Packet forged = Packet.between(cast.pod(), cast.pod());
    dropsIn(forged.udp(40000, 53));
    dropsIn(forged.udp(53, 53));
    for (int flags : new int[] {SYN, SYN | ACK, ACK, FIN | ACK, RST}) {
      dropsIn(forged.tcp(40000, 443, flags));
    }
    dropsIn(forged.echoRequest(7));
    dropsIn(forged.with(new Payload.Udp(40000, 53, 60)).fragment(24, 48, 7));
    assertEquals(9, counted(DENIED));
    assertEquals(0, counted(Code.SELF, INGRESS) + counted(Code.SELF, EGRESS));
    noFlow();
  }

  @Test
  void aPacketForNobodyHereIsJudgedAndMakesNoFlow() {
    Address group = Address.of(family == Family.V4 ? "224.0.0.251" : "ff02::fb");
    policy(isolated().everything(Cast.FRIENDS, INGRESS, true, RULE));
    expect(
        true,
        io.merlon.datapath.harness.Hook.TO_POD,
        Packet.between(cast.friend(), group).udp(5353, 5353).frame());
    expect(
        false,
        io.merlon.datapath.harness.Hook.TO_POD,
        Packet.between(cast.stranger(), group).udp(5353, 5353).frame());
    noFlow();
    assertEquals(1, counted(RULE));
    assertEquals(1, counted(DENIED));
  }
}
