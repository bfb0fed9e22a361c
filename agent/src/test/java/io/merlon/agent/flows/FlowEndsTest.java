package io.merlon.agent.flows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.bpf.Codec;
import io.merlon.datapath.Config;
import io.merlon.datapath.Counter;
import io.merlon.datapath.Event;
import io.merlon.datapath.Flow;
import io.merlon.datapath.FlowKey;
import io.merlon.datapath.FlowState;
import io.merlon.datapath.IpAddress;
import io.merlon.datapath.Mode;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlowEndsTest {
  private static final int HZ = 100;
  private static final long NOW = 77_000_000_000L;
  private static final int CLOSED_FOR = 10 * HZ;
  private static final FlowKey KEY =
      new FlowKey(7, IpAddress.of("10.0.0.1"), IpAddress.of("10.0.0.2"), 40_000, 443, 6);

  private final RememberedFlows living = new RememberedFlows(8);
  private final RememberedFlows next = new RememberedFlows(8);

  private static Flow flow(int last, int flags) {
    return new Flow(
        2,
        200,
        last,
        last - 5 * HZ,
        1,
        FlowState.CLOSED,
        flags,
        0,
        new Counter(3, 300),
        new Counter(4, 400));
  }

  private static List<FlowWindow.Group> look(long from, long to, Flow flow) {
    FlowEnds ends = ends(from, to, new RememberedFlows(8), new RememberedFlows(8));
    add(ends, KEY, flow);
    return ends.ended();
  }

  private static FlowEnds ends(long from, long to, RememberedFlows before, RememberedFlows living) {
    FlowEnds.Look look = new FlowEnds.Look((int) from, (int) to, (int) from, HZ, NOW);
    return new FlowEnds(Config.defaults(HZ), look, before, living);
  }

  static <T> ByteBuffer bytes(Codec<T> codec, T value) {
    ByteBuffer out = ByteBuffer.allocate(codec.size()).order(ByteOrder.LITTLE_ENDIAN);
    codec.encode(value, out);
    return out.flip();
  }

  private static void add(FlowEnds ends, FlowKey key, Flow flow) {
    ends.add(bytes(FlowKey.V4, key), bytes(Flow.CODEC, flow));
  }

  @Test
  void eachEndIsFoundByOneOfManyLooks() {
    int found = 0;
    for (int from = 0; from < 5000; from += 700) {
      found += look(from, from + 700, flow(1000, Flow.OPENER_EGRESS)).size();
    }
    assertEquals(1, found);
    assertTrue(look(0, 1000 + CLOSED_FOR - 1, flow(1000, 0)).isEmpty());
    assertEquals(1, look(0, 1000 + CLOSED_FOR, flow(1000, 0)).size());
    assertTrue(look(1000 + CLOSED_FOR, 9000, flow(1000, 0)).isEmpty());
  }

  /** The kernel's clock has 32 bits in an entry, and begins five minutes before they overflow. */
  @Test
  void theClockMayOverflow() {
    int last = -500;
    long over = Integer.toUnsignedLong(last) + CLOSED_FOR;
    assertEquals(1, look(over - 1, over, flow(last, 0)).size());
    assertTrue(look(over, over + 100, flow(last, 0)).isEmpty());
  }

  @Test
  void anEndSaysHowMuchWentEachWayAndHowLong() {
    FlowWindow.Group out = look(0, 9000, flow(1000, Flow.OPENER_EGRESS)).getFirst();
    assertEquals(4, out.packets);
    assertEquals(400, out.bytes);
    assertEquals(new Counter(3, 300), out.replies);
    assertEquals(5_000_000_000L, out.last - out.began);
    assertTrue(out.first.egress());
    assertEquals(NOW - (9000 - 500) * 10_000_000L, out.began);
    FlowWindow.Group in = look(0, 9000, flow(1000, 0)).getFirst();
    assertEquals(3, in.packets);
    assertEquals(new Counter(4, 400), in.replies);
  }

  @Test
  void whatWasRevokedWasToldAlready() {
    assertTrue(look(0, 9000, flow(1000, Flow.REVOKED)).isEmpty());
  }

  @Test
  void whatWouldBeDeniedIsSaidToBe() {
    FlowWindow.Group group = look(0, 9000, flow(1000, Flow.WOULD_DENY)).getFirst();
    assertEquals(Mode.AUDIT, group.first.mode());
  }

  @Test
  void whatItsSenderMayNotIsToldOfTheSender() {
    FlowWindow.Group group = look(0, 9000, flow(1000, Flow.WOULD_DENY | Flow.FAR)).getFirst();
    assertTrue(group.first.egress());
    assertEquals(KEY.peer(), group.first.pod());
    assertEquals(KEY.peerPort(), group.first.podPort());
    assertEquals(KEY.pod(), group.first.peer());
    assertEquals(KEY.podPort(), group.first.peerPort());
    assertEquals(3, group.packets);
  }

  /** What lived at one look, as the next begins. */
  private FlowEnds after(Flow before) {
    FlowEnds first = ends(0, 500, new RememberedFlows(8), living);
    add(first, KEY, before);
    assertTrue(first.ended().isEmpty());
    assertEquals(1, first.livingV4());
    assertEquals(0, first.livingV6());
    assertEquals(1, living.size());
    return ends(500, 1500, living, next);
  }

  @Test
  void whatIsGoneWithoutAnEndIsToldAsItWasSeenLast() {
    FlowEnds next = after(flow(400, Flow.OPENER_EGRESS));
    FlowWindow.Group unseen = next.ended().getFirst();
    assertEquals(Ending.UNSEEN, unseen.ending);
    assertEquals(4, unseen.packets);
    assertEquals(400, unseen.bytes);
    assertEquals(5_000_000_000L, unseen.last - unseen.began);
    assertEquals(0, this.next.size());
  }

  @Test
  void whatWasCutIsToldOnce() {
    FlowEnds next = after(flow(400, 0));
    add(next, KEY, flow(600, Flow.REVOKED));
    assertEquals(Ending.REVOKED, next.ended().getFirst().ending);
    assertEquals(1, next.ended().size());
    FlowEnds later = ends(1500, 2500, this.next, living);
    add(later, KEY, flow(600, Flow.REVOKED));
    assertTrue(later.ended().isEmpty());
  }

  @Test
  void anotherFlowAtTheSameEndsIsNotTheSame() {
    FlowEnds next = after(flow(400, 0));
    add(next, KEY, flow(1400, 0));
    assertEquals(List.of(Ending.UNSEEN), endings(next));
  }

  @Test
  void whatEndsAsItShouldIsOver() {
    Flow same = flow(400, 0);
    FlowEnds next = after(same);
    add(next, KEY, same);
    assertEquals(List.of(Ending.OVER), endings(next));
    assertEquals(0, next.livingV4());
  }

  private static List<Ending> endings(FlowEnds ends) {
    return ends.ended().stream().map(group -> group.ending).toList();
  }

  /**
   * What would have been denied is told before what was allowed, and what is too much is counted.
   */
  @Test
  void onlySoManyEndsAreToldOfALook() {
    FlowEnds ends = ends(0, 9000, living, next);
    ByteBuffer key = bytes(FlowKey.V4, KEY);
    for (int i = 0; i < 7000; i++) {
      ends.add(key.rewind(), bytes(Flow.CODEC, flow(1000, 0)));
    }
    add(ends, KEY, flow(1000, Flow.WOULD_DENY));
    List<FlowWindow.Group> ended = ends.ended();
    assertEquals(FlowEnds.TOLD + 1, ended.size());
    assertEquals(Event.Kind.DENIED, ended.getFirst().first.kind());
    assertEquals(7000 - FlowEnds.TOLD, ends.untold());
  }

  /** A table of the default size, full of flows of which nothing is to be told. */
  @Test
  void aFullTableCostsLittleAndNoMemory() {
    ByteBuffer key = bytes(FlowKey.V4, KEY);
    ByteBuffer lives = bytes(Flow.CODEC, flow(1000, 0));
    ByteBuffer over = bytes(Flow.CODEC, flow(-9000, 0));
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long begun = 0;
    long allocated = 0;
    for (int round = 0; round < 30; round++) {
      if (round == 20) {
        begun = System.nanoTime();
        allocated = threads.getCurrentThreadAllocatedBytes();
      }
      FlowEnds ends = ends(500, 1500, living, next);
      for (int i = 0; i < 131_072; i++) {
        key.putShort(12, (short) i);
        ends.add(key.rewind(), (i % 2 == 0 ? lives : over).rewind());
      }
      assertTrue(ends.ended().isEmpty());
      next.clear();
    }
    double nanos = (System.nanoTime() - begun) / (10.0 * 131_072);
    double bytes = (threads.getCurrentThreadAllocatedBytes() - allocated) / (10.0 * 131_072);
    System.out.printf("print: %.1f ns and %.2f bytes for each flow looked at%n", nanos, bytes);
    assertTrue(bytes < 1, "bytes each: " + bytes);
  }
}
