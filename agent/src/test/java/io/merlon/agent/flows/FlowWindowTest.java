package io.merlon.agent.flows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.datapath.Event;
import io.merlon.datapath.IpAddress;
import io.merlon.datapath.Mode;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlowWindowTest {
  private static final long SEED = 3;

  private static ByteBuffer event(Event.Kind kind, int peer, int podPort, int suppressed) {
    IpAddress pod = IpAddress.of("10.0.0.1");
    return event(kind, pod, IpAddress.v4(0x0a010000 + peer), podPort, suppressed);
  }

  private static ByteBuffer event(
      Event.Kind kind, IpAddress pod, IpAddress peer, int podPort, int suppressed) {
    Event event =
        new Event(
            1,
            7,
            1,
            200,
            0,
            pod,
            peer,
            podPort,
            443,
            suppressed,
            60,
            kind,
            6,
            true,
            Mode.ENFORCE,
            kind == Event.Kind.ALLOWED ? 0 : 1,
            2);
    ByteBuffer out = ByteBuffer.allocate(Event.CODEC.size()).order(ByteOrder.LITTLE_ENDIAN);
    Event.CODEC.encode(event, out);
    return out.flip();
  }

  private static void add(FlowWindow window, ByteBuffer event, long now) {
    window.add(event, event.getInt(60), now);
  }

  @Test
  void triesOfOneClientAreOneFlow() {
    FlowWindow window = new FlowWindow(16, 1, SEED);
    for (int port = 40_000; port < 40_100; port++) {
      add(window, event(Event.Kind.DENIED, 1, port, 2), port);
    }
    add(window, event(Event.Kind.SUPPRESSED, 1, 40_000, 5), 50_000);
    List<FlowWindow.Group> groups = window.take();
    assertEquals(1, groups.size());
    assertEquals(100, groups.getFirst().packets);
    assertEquals(205, groups.getFirst().suppressed);
    assertEquals(6000, groups.getFirst().bytes);
    assertTrue(window.take().isEmpty());
  }

  @Test
  void allowedFlowsAreSampledAndDeniedOnesAreNot() {
    FlowWindow window = new FlowWindow(1000, 10, SEED);
    for (int peer = 0; peer < 100; peer++) {
      add(window, event(Event.Kind.ALLOWED, peer, 1, 0), 0);
      add(window, event(Event.Kind.DENIED, peer, 1, 0), 0);
    }
    assertEquals(110, window.take().size());
    assertEquals(90, window.sampledOut());
  }

  @Test
  void whatThereIsNoRoomForIsCounted() {
    FlowWindow window = new FlowWindow(10, 1, SEED);
    for (int peer = 0; peer < 25; peer++) {
      add(window, event(Event.Kind.DENIED, peer, 1, 1), 0);
    }
    assertEquals(10, window.take().size());
    assertEquals(30, window.untold());
  }

  /** Whoever knew the seed could choose addresses of one hash: they are two flows all the same. */
  @Test
  void peersOfOneHashAreTwoFlows() {
    IpAddress pod = IpAddress.of("2001:db8::1");
    IpAddress peer = IpAddress.of("2001:db8:1::2");
    ByteBuffer event = event(Event.Kind.DENIED, pod, peer, 1, 0);
    long before = FlowNumbers.mix(FlowNumbers.mix(SEED, event.getLong(24)), event.getLong(32));
    long high = event.getLong(40) + 1;
    long low =
        FlowNumbers.mix(before, event.getLong(40))
            ^ event.getLong(48)
            ^ FlowNumbers.mix(before, high);
    ByteBuffer other = event(Event.Kind.DENIED, pod, peer, 1, 0);
    other.putLong(40, high).putLong(48, low);
    FlowWindow window = new FlowWindow(16, 1, SEED);
    add(window, event, 0);
    add(window, other, 0);
    add(window, event, 0);
    List<FlowWindow.Group> groups = window.take();
    assertEquals(2, groups.size());
    assertEquals(peer, groups.getFirst().first.peer());
    assertEquals(2, groups.getFirst().packets);
    assertEquals(1, groups.getLast().packets);
  }

  @Test
  void whatIsAllowedTakesNoRoomFromDenials() {
    FlowWindow window = new FlowWindow(10, 1, SEED);
    for (int peer = 0; peer < 25; peer++) {
      add(window, event(Event.Kind.ALLOWED, peer, 1, 0), 0);
    }
    add(window, event(Event.Kind.DENIED, 100, 1, 0), 0);
    List<FlowWindow.Group> groups = window.take();
    assertEquals(11, groups.size());
    assertEquals(Event.Kind.DENIED, groups.getLast().first.kind());
    assertEquals(15, window.untold());
    add(window, event(Event.Kind.DENIED, 100, 1, 0), 0);
    assertEquals(1, window.take().getFirst().packets);
  }

  /** A second of 200,000 events has to cost far less than a second, and no memory. */
  @Test
  void aFloodCostsLittle() {
    FlowWindow window = new FlowWindow(2048, 1, SEED);
    ByteBuffer[] events = new ByteBuffer[50_000];
    for (int i = 0; i < events.length; i++) {
      events[i] = event(Event.Kind.DENIED, i, i, 0);
    }
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long told = 0;
    long allocated = 0;
    long start = 0;
    for (int round = 0; round < 60; round++) {
      if (round == 20) {
        allocated = threads.getCurrentThreadAllocatedBytes();
        start = System.nanoTime();
        told = window.untold();
      }
      for (ByteBuffer event : events) {
        add(window, event, 0);
      }
      window.take();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    long bytes = threads.getCurrentThreadAllocatedBytes() - allocated;
    long events2 = 40L * events.length;
    System.out.printf(
        "print: %.0f events/s, %.1f bytes each%n", events2 / seconds, (double) bytes / events2);
    assertEquals(events2 - 40L * 2048, window.untold() - told);
    assertTrue(events2 / seconds > 1_000_000, "events a second: " + events2 / seconds);
    assertTrue(bytes < 40L * 2048 * 600, "only flows that are told take memory: " + bytes);
  }
}
