package io.merlon.datapath.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.bpf.RingBuffer;
import io.merlon.datapath.Counter;
import io.merlon.datapath.Denial;
import io.merlon.datapath.DropReason;
import io.merlon.datapath.Event;
import io.merlon.datapath.Flow;
import io.merlon.datapath.FlowKey;
import io.merlon.datapath.FlowState;
import io.merlon.datapath.Hook;
import io.merlon.datapath.Mode;
import io.merlon.datapath.Slots;
import io.merlon.datapath.bench.Packets.End;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every field of an event, as the agent reads it. */
class EventContentPacketTest {
  private static final int HEAD = 24; // of an event, before the addresses
  private static final int ADDRESS = 16;
  private static final int MANY = 10_000; // more than half the ring

  private final List<Event> events = new ArrayList<>();
  private final List<byte[]> raw = new ArrayList<>();

  private void read(ByteBuffer event) {
    byte[] bytes = new byte[Event.CODEC.size()];
    event.get(event.position(), bytes);
    raw.add(bytes);
    events.add(Event.CODEC.decode(event));
  }

  private List<Event> sent(Scene scene, int times, byte[]... packets) {
    events.clear();
    try (RingBuffer ring = scene.datapath.events()) {
      for (byte[] packet : packets) {
        Rotation.run(scene.program(Hook.FROM_POD), packet, times);
      }
      ring.poll(this::read, Integer.MAX_VALUE);
    }
    return List.copyOf(events);
  }

  private static Event expected(
      Event told, End pod, End peer, int decision, Event.Kind kind, int flags) {
    return new Event(
        told.jiffies(),
        Scene.LOOPBACK,
        Scene.SUBJECT,
        Scene.SLOTS + Slots.decision(decision, Mode.ENFORCE),
        Scene.PEERS_CLASS,
        pod.address(),
        peer.address(),
        pod.port(),
        peer.port(),
        0,
        Packets.LENGTH,
        kind,
        Packets.TCP,
        true,
        Mode.ENFORCE,
        kind == Event.Kind.DENIED ? DropReason.POLICY.code() : 0,
        flags);
  }

  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void anEventSaysAllThatIsKnownOfItsPacket(boolean v6) {
    try (Scene scene = Scene.of(Peers.addresses(10))) {
      End pod = new End(Scene.pod(v6), 1023);
      End open = scene.peer(v6, Scene.ALLOWED_PORT);
      End shut = scene.peer(v6, Scene.DENIED_PORT);
      List<Event> told = sent(scene, 1, Packets.tcp(pod, open, Packets.SYN), denied(scene, v6));
      assertEquals(2, told.size());
      assertEquals(
          List.of(
              expected(told.get(0), pod, open, Scene.ALLOW, Event.Kind.ALLOWED, Packets.SYN),
              expected(told.get(1), pod, shut, Scene.DENY, Event.Kind.DENIED, Packets.SYN)),
          told);
      assertTrue(told.get(0).jiffies() > 0);
      assertTrue(told.get(1).jiffies() >= told.get(0).jiffies());
    }
  }

  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void whatIsRefusedForItselfHasNoClass(boolean v6) {
    try (Scene scene = Scene.of(Peers.addresses(10))) {
      End stranger = scene.peer(v6, 1023);
      byte[] forged = Packets.tcp(stranger, scene.peer(v6, Scene.ALLOWED_PORT), Packets.SYN);
      Event told = sent(scene, 1, denied(scene, v6), forged).getLast();
      assertEquals(DropReason.SPOOFED.code(), told.reason());
      assertEquals(0, told.peerClass());
      assertEquals(stranger.address(), told.pod());
    }
  }

  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void aFlowBeginsWithWhatIsKnownOfItsFirstPacket(boolean v6) {
    try (Scene scene = Scene.of(Peers.addresses(10))) {
      End pod = new End(Scene.pod(v6), 1023);
      End peer = scene.peer(v6, Scene.ALLOWED_PORT);
      Event told = sent(scene, 1, Packets.tcp(pod, peer, Packets.SYN)).getFirst();
      FlowKey key =
          new FlowKey(
              Scene.LOOPBACK, pod.address(), peer.address(), pod.port(), peer.port(), Packets.TCP);
      Flow flow = scene.datapath.flows(v6).get(key).orElseThrow();
      assertEquals(
          new Flow(
              1,
              told.slot(),
              flow.last(),
              flow.last(),
              Scene.SUBJECT,
              FlowState.OPENING,
              Flow.OPENER_EGRESS,
              0,
              Counter.ZERO,
              new Counter(1, Packets.LENGTH)),
          flow);
      assertTrue(Math.abs((int) told.jiffies() - flow.last()) < Scene.JIFFIES_PER_SECOND);
    }
  }

  /** What an IPv4 address leaves free says nothing of the event that was there before. */
  @Test
  void anAddressIsFollowedByNothing() {
    try (Scene scene = Scene.of(Peers.addresses(10)).unheard()) {
      sent(scene, MANY, denied(scene, true));
      assertEquals(MANY, raw.size());
      raw.clear();
      sent(scene, MANY, denied(scene, false));
      assertEquals(MANY, raw.size());
      for (byte[] bytes : raw) {
        for (int i = 4; i < ADDRESS; i++) {
          assertEquals(0, bytes[HEAD + i]);
          assertEquals(0, bytes[HEAD + ADDRESS + i]);
        }
      }
    }
  }

  /** Who reads the record of a denial knows which event it is that tells the same. */
  @ParameterizedTest(name = "IPv6 {0}")
  @ValueSource(booleans = {false, true})
  void whatADenialOwesIsReadWithTheNameOfItsRecord(boolean v6) {
    try (Scene scene = Scene.of(Peers.addresses(10))) {
      sent(scene, 4, denied(scene, v6));
      assertEquals(1, events.size());
      List<Denial> owed = new ArrayList<>();
      scene.datapath.denials(denial -> {
        assertTrue(denial.isWhole());
        assertEquals(Scene.pod(v6), Event.CODEC.decode(denial.event()).pod());
        owed.add(denial);
      });
      assertEquals(1, owed.size());
      assertEquals(Denial.told(bytes(raw.getFirst())), owed.getFirst().hash());
      assertEquals(3, owed.getFirst().suppressed());
    }
  }

  private static ByteBuffer bytes(byte[] event) {
    return ByteBuffer.wrap(event).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] denied(Scene scene, boolean v6) {
    End pod = new End(Scene.pod(v6), 1023);
    return Packets.tcp(pod, scene.peer(v6, Scene.DENIED_PORT), Packets.SYN);
  }
}
