package io.merlon.agent.interfaces;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.merlon.agent.identity.Address;
import io.merlon.netlink.RouteMessage;
import io.merlon.netlink.RouteMessage.LinkIs;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What messages are told as, those that were lost included. */
class LinkTableTest {
  private static final LinkIs FORMER = veth("eni0", "0a:00:00:00:00:01", 3);

  private final List<LinkEvent> events = new ArrayList<>();
  private final LinkTable table = new LinkTable(events::add);

  private static LinkIs veth(String name, String mac, int peer) {
    return new LinkIs(7, name, "veth", mac, true, peer, 0);
  }

  private static Link link(LinkIs is) {
    Link.Peer peer = new Link.Peer(is.peer(), is.peerNamespace());
    return new Link(is.ifindex(), is.name(), is.kind(), is.hardware(), is.up(), peer);
  }

  private List<LinkEvent> toldAfterFormer(RouteMessage message) {
    table.accept(FORMER);
    events.clear();
    table.accept(message);
    return events;
  }

  private void isAnother(LinkIs next) {
    assertEquals(
        List.of(new LinkEvent.Vanished(link(FORMER)), new LinkEvent.Appeared(link(next))),
        toldAfterFormer(next));
  }

  private void isTheSame(LinkIs next) {
    assertEquals(List.of(new LinkEvent.Changed(link(FORMER), link(next))), toldAfterFormer(next));
  }

  @Test
  void anotherLinkWithTheNumberOfOneWhoseEndWasLostIsAnother() {
    isAnother(veth("eni1", "0a:00:00:00:00:02", 4));
    isAnother(veth("eni1", "0a:00:00:00:00:02", 3));
    isAnother(veth("eni1", "0a:00:00:00:00:01", 4));
  }

  /** The next pod's of the same name: name and number are the former one's. */
  @Test
  void anotherLinkOfTheSameNameIsAnotherToo() {
    isAnother(veth("eni0", "0a:00:00:00:00:02", 4));
  }

  @Test
  void whatChangesOneThingIsTheSame() {
    isTheSame(veth("eni1", "0a:00:00:00:00:01", 3));
    isTheSame(veth("eni0", "0a:00:00:00:00:02", 3));
    isTheSame(veth("eni0", "0a:00:00:00:00:01", 4));
  }

  @Test
  void theRoutesOfTheFormerOneEndWithIt() throws UnknownHostException {
    RouteMessage.RouteKey key =
        new RouteMessage.RouteKey(InetAddress.getByName("10.0.0.7"), 254, 0);
    table.accept(FORMER);
    table.accept(new RouteMessage.RouteIs(key, 7));
    events.clear();
    LinkIs next = veth("eni1", "0a:00:00:00:00:02", 4);
    table.beginAnew();
    table.accept(next);
    table.endAnew();
    assertEquals(
        List.of(
            new LinkEvent.RouteRemoved(Address.of("10.0.0.7"), 7),
            new LinkEvent.Vanished(link(FORMER)),
            new LinkEvent.Appeared(link(next)),
            new LinkEvent.Synced()),
        events);
  }
}
