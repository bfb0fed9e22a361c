package io.merlon.datapath;

import static io.merlon.datapath.harness.Direction.EGRESS;
import static io.merlon.datapath.harness.Direction.INGRESS;
import static io.merlon.datapath.harness.ProtocolGroup.TCP;
import static io.merlon.datapath.harness.ProtocolGroup.UDP;
import static io.merlon.datapath.packet.Payload.ACK;
import static io.merlon.datapath.packet.Payload.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.Count;
import io.merlon.datapath.harness.CounterKey;
import io.merlon.datapath.harness.Endpoint;
import io.merlon.datapath.harness.Event;
import io.merlon.datapath.harness.Event.Kind;
import io.merlon.datapath.harness.FlowKey;
import io.merlon.datapath.harness.Hook;
import io.merlon.datapath.harness.Mode;
import io.merlon.datapath.harness.Stat;
import io.merlon.datapath.harness.TableSketch.Ports;
import io.merlon.datapath.packet.Frames;
import io.merlon.datapath.packet.Packet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the agent hears: each flow's beginning, and denials as often as it can bear. */
class EventPacketTest extends KernelStory {
  /** More than the ring has room for, at 88 bytes each. */
  private static final int TOO_MANY = 13_000;

  private static final int UDP_NUMBER = 17;

  @BeforeEach
  void someEgress() {
    policy(
        isolated()
            .allow(Cast.FRIENDS, EGRESS, TCP, Ports.of(443), RULE)
            .allow(Cast.FRIENDS, EGRESS, UDP, Ports.of(53), RULE));
    datapath.events(true, true);
  }

  private Packet denied(int port) {
    return leaving(cast.stranger()).udp(port, 53);
  }

  @Test
  void aFlowsBeginningIsToldOnce() {
    passesOut(leaving(cast.friend()).tcp(40000, 443, SYN));
    passesIn(arriving(cast.friend()).tcp(443, 40000, SYN | ACK));
    passesOut(leaving(cast.friend()).tcp(40000, 443, ACK));
    FlowKey key = new FlowKey(LINE, cast.pod(), cast.friend(), 40000, 443, 6);
    CounterKey rule = new CounterKey.Decision(SUBJECT, RULE, Mode.ENFORCE);
    assertEquals(
        List.of(new Event(Kind.ALLOWED, LINE, SUBJECT, EGRESS, Mode.ENFORCE, null, rule, key, 0)),
        datapath.drainEvents());
  }

  @Test
  void aDenialIsToldWithItsReasonAndMode() {
    endpoint(Mode.AUDIT);
    passesOut(denied(7));
    FlowKey key = new FlowKey(LINE, cast.pod(), cast.stranger(), 7, 53, UDP_NUMBER);
    CounterKey none = new CounterKey.Decision(SUBJECT, DENIED, Mode.AUDIT);
    assertEquals(
        List.of(
            new Event(Kind.DENIED, LINE, SUBJECT, EGRESS, Mode.AUDIT, Code.POLICY, none, key, 0)),
        datapath.drainEvents());
  }

  @Test
  void whatGoesOnIsNotToldAgain() {
    endpoint(Mode.AUDIT);
    passesOut(denied(7));
    datapath.drainEvents();
    passesOut(denied(7));
    passesIn(arriving(cast.stranger()).udp(53, 7));
    assertEquals(3, counted(DENIED, Mode.AUDIT));
    assertEquals(List.of(), datapath.drainEvents());
  }

  @Test
  void whatMakesNoEntryBeginsNothing() {
    passesIn(arriving(cast.friend()).tcp(443, 40000, SYN | ACK));
    assertEquals(List.of(), datapath.drainEvents());
  }

  @Test
  void switchedOffNothingIsWrittenAtAll() {
    datapath.events(false, false);
    passesOut(leaving(cast.friend()).udp(40000, 53));
    dropsOut(denied(7));
    assertEquals(List.of(), datapath.drainEvents());
    datapath.events(false, true);
    passesOut(leaving(cast.friend()).udp(40001, 53));
    dropsOut(denied(8));
    assertEquals(1, datapath.drainEvents().size());
    assertEquals(0, datapath.stat(Stat.EVENTS_SUPPRESSED));
  }

  @Test
  void switchedOffNothingIsLost() {
    datapath.events(false, false);
    for (int port = 1; port <= TOO_MANY; port++) {
      passesOut(leaving(cast.friend()).udp(port, 53));
      dropsOut(denied(port));
    }
    assertEquals(0, datapath.stat(Stat.EVENTS_LOST));
    assertEquals(TOO_MANY, counted(RULE));
    assertEquals(TOO_MANY, counted(DENIED));
  }

  /** A bit of everything. */
  private Map<CounterKey, Count> life() {
    passesOut(leaving(cast.friend()).tcp(40000, 443, SYN));
    passesIn(arriving(cast.friend()).tcp(443, 40000, SYN | ACK));
    dropsOut(denied(7));
    dropsOut(denied(7));
    datapath.send(Hook.FROM_POD, LINE, Frames.of(0x88cc, 46));
    dropsOut(Packet.between(cast.nobody(), cast.friend()).udp(1, 53));
    endpoint(Mode.AUDIT);
    passesOut(denied(8));
    passesIn(arriving(cast.stranger()).udp(53, 8));
    policy(isolated());
    datapath.bumpEpoch();
    passesOut(leaving(cast.friend()).tcp(40000, 443, ACK));
    endpoint(Mode.ENFORCE);
    datapath.bumpEpoch();
    dropsIn(arriving(cast.friend()).tcp(443, 40000, ACK));
    return datapath.counters();
  }

  @Test
  void whatIsCountedDoesNotDependOnWhatIsTold() {
    Map<CounterKey, Count> counts = life();
    assertTrue(datapath.drainEvents().size() >= 6);
    datapath.reset();
    setTheScene();
    someEgress();
    datapath.events(false, false);
    assertEquals(counts, life());
    assertEquals(List.of(), datapath.drainEvents());
    assertEquals(0, datapath.stat(Stat.EVENTS_SUPPRESSED));
  }

  @Test
  void whatCannotBeReadIsToldWithoutEnds() {
    OneProcessor.run(() -> {
      for (int port = 1; port <= 3; port++) {
        // Nothing of what came before it, and so the same denial each time.
        passesOut(leaving(cast.friend()).udp(port, 53));
        datapath.drainEvents();
        datapath.send(Hook.FROM_POD, LINE, Frames.of(0x88cc, 46));
        List<Event> events = datapath.drainEvents();
        assertEquals(port == 1 ? 1 : 0, events.size());
        for (Event event : events) {
          assertEquals(Code.ETHERTYPE, event.reason());
          assertNull(event.key());
        }
      }
      assertEquals(3, counted(Code.ETHERTYPE, EGRESS));
    });
  }

  @Test
  void aDenialGoesOnUntoldAndIsReckonedUpLater() {
    OneProcessor.run(() -> {
      for (int i = 0; i < 5; i++) {
        dropsOut(denied(7));
      }
      assertEquals(1, datapath.drainEvents().size());
      assertEquals(4, datapath.stat(Stat.EVENTS_SUPPRESSED));
      datapath.elapse(7);
      dropsOut(denied(7));
      dropsOut(denied(7));
      List<Event> events = datapath.drainEvents();
      assertEquals(1, events.size());
      assertEquals(4, events.getFirst().suppressed());
      datapath.elapse(7);
      dropsOut(denied(7));
      assertEquals(1, datapath.drainEvents().getFirst().suppressed());
      assertEquals(8, counted(DENIED));
    });
  }

  @Test
  void whatDiffersInAnythingIsAnotherDenial() {
    Address second = cast.pod().plus(77);
    datapath.endpoint(LINE, new Endpoint(SUBJECT, Mode.ENFORCE, List.of(cast.pod(), second)));
    Address peer = cast.nobody();
    List<Packet> each =
        List.of(
            leaving(peer).udp(7, 53),
            leaving(peer).udp(8, 53),
            leaving(peer).udp(7, 54),
            leaving(peer).sctp(7, 53, 1),
            leaving(peer.plus(1)).udp(7, 53),
            Packet.between(second, peer).udp(7, 53));
    // One by one: which of them share a place nobody can know.
    OneProcessor.run(() -> {
      for (Packet packet : each) {
        dropsOut(packet);
        dropsOut(packet);
        assertEquals(
            1, datapath.drainEvents().stream().filter(e -> e.kind() == Kind.DENIED).count());
      }
    });
  }

  /**
   * Two flows that had one hash while its factors were the program's own: the second one's first
   * packet counted as the first one's again.
   */
  @Test
  void flowsOfAHashThatWasChosenAreToldEach() {
    List<Collisions.End> pair = Collisions.closest(cast.nobody());
    OneProcessor.run(() -> {
      for (Collisions.End end : pair) {
        dropsOut(leaving(end.address()).udp(end.port(), 53));
      }
      assertEquals(
          pair.stream().map(Collisions.End::address).toList(),
          datapath.drainEvents().stream().map(told -> peer(told)).toList());
    });
  }

  private static @Nullable Address peer(Event told) {
    return told.key() == null ? null : told.key().peer();
  }

  @Test
  void theSameDeniedByAnotherDecisionIsToldToo() {
    OneProcessor.run(() -> {
      dropsOut(denied(7));
      policy(isolated().everything(Cast.STRANGERS, EGRESS, false, OTHER_RULE));
      dropsOut(denied(7));
      List<Event> events = datapath.drainEvents();
      assertEquals(2, events.size());
      CounterKey other = new CounterKey.Decision(SUBJECT, OTHER_RULE, Mode.ENFORCE);
      assertEquals(other, events.getLast().countedTo());
    });
  }

  /** As the sender's interface would have told it: its ends, its direction, its mode. */
  private Event deniedToNeighbour(int port, Mode mode) {
    FlowKey key = new FlowKey(LINE, cast.neighbour(), cast.pod(), 40000, port, 6);
    CounterKey none = new CounterKey.Decision(NEXT_SUBJECT, DENIED, mode);
    return new Event(Kind.DENIED, LINE, NEXT_SUBJECT, EGRESS, mode, Code.POLICY, none, key, 0);
  }

  private void fromNeighbour(boolean passes, int port, Mode mode) {
    int of = 0x8000 | (mode == Mode.AUDIT ? 1 : 0) << 12 | NEXT_SUBJECT;
    Packet packet = arriving(cast.neighbour()).tcp(40000, port, SYN);
    expect(passes, Hook.TO_POD, packet.frame().marked(of));
  }

  @Test
  void aDenialBySendersPolicyIsToldAsItsEgress() {
    policy(isolated().everything(Cast.PODS, INGRESS, true, RULE));
    fromNeighbour(true, 80, Mode.AUDIT);
    fromNeighbour(false, 80, Mode.ENFORCE);
    assertEquals(
        List.of(deniedToNeighbour(80, Mode.AUDIT), deniedToNeighbour(80, Mode.ENFORCE)),
        datapath.drainEvents());
  }

  @Test
  void whatTheReceiverDeniesOfAMarkedSenderIsToldOfTheReceiver() {
    policy(isolated());
    fromNeighbour(false, 80, Mode.AUDIT);
    FlowKey key = new FlowKey(LINE, cast.pod(), cast.neighbour(), 80, 40000, 6);
    CounterKey none = new CounterKey.Decision(SUBJECT, DENIED, Mode.ENFORCE);
    assertEquals(
        List.of(
            new Event(
                Kind.DENIED, LINE, SUBJECT, INGRESS, Mode.ENFORCE, Code.POLICY, none, key, 0)),
        datapath.drainEvents());
  }

  /** By the answer of its receiver: what it opened is what is denied. */
  @Test
  void aRevocationForTheSenderIsToldOfTheSender() {
    policy(isolated().everything(Cast.PODS, INGRESS, true, RULE));
    datapath.table(NEXT_SUBJECT, isolated().everything(Cast.PODS, EGRESS, true, RULE).table());
    fromNeighbour(true, 80, Mode.ENFORCE);
    datapath.drainEvents();
    datapath.table(NEXT_SUBJECT, isolated().table());
    datapath.bumpEpoch();
    dropsOut(leaving(cast.neighbour()).tcp(80, 40000, SYN | ACK));
    Event told = datapath.drainEvents().getFirst();
    assertEquals(deniedToNeighbour(80, Mode.ENFORCE).key(), told.key());
    assertEquals(Code.REVOKED, told.reason());
    assertEquals(EGRESS, told.direction());
  }

  @Test
  void ofManyDenialsEachIsToldOrReckonedUp() {
    OneProcessor.run(() -> {
      long told = 0;
      long reckoned = 0;
      for (int port = 1; port <= 2000; port++) {
        for (int again = 0; again < 3; again++) {
          dropsOut(denied(port));
        }
        for (Event event : datapath.drainEvents()) {
          told += event.kind() == Kind.DENIED ? 1 : 0;
          reckoned += event.suppressed();
        }
      }
      // Each record given away told what it owed: all but those of the 512 last.
      assertEquals(2000, told);
      assertEquals(4000, datapath.stat(Stat.EVENTS_SUPPRESSED));
      assertTrue(reckoned <= 4000 && reckoned >= 4000 - 2 * 512, reckoned + " reckoned up");
    });
  }

  @Test
  void whatTheRingHasNoRoomForIsCounted() {
    for (int port = 1; port <= TOO_MANY; port++) {
      passesOut(leaving(cast.friend()).udp(port, 53));
    }
    int told = datapath.drainEvents().size();
    assertTrue(told < TOO_MANY, told + " told");
    assertEquals(TOO_MANY - told, datapath.stat(Stat.EVENTS_LOST));
    assertEquals(TOO_MANY, counted(RULE));
    dropsOut(denied(7));
    assertEquals(1, datapath.drainEvents().size());
  }

  @Test
  void aDenialThatFoundNoRoomIsCountedAsLost() {
    OneProcessor.run(() -> {
      for (int port = 1; port <= TOO_MANY; port++) {
        passesOut(leaving(cast.friend()).udp(port, 53));
      }
      long lost = datapath.stat(Stat.EVENTS_LOST);
      dropsOut(denied(7));
      assertEquals(lost + 1, datapath.stat(Stat.EVENTS_LOST));
      datapath.drainEvents();
      datapath.elapse(7);
      dropsOut(denied(7));
      // It was not suppressed.
      assertEquals(0, datapath.drainEvents().getFirst().suppressed());
      assertEquals(2, counted(DENIED));
    });
  }
}
