package io.merlon.agent.flows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.datapath.Config;
import io.merlon.datapath.Counter;
import io.merlon.datapath.Flow;
import io.merlon.datapath.FlowKey;
import io.merlon.datapath.FlowState;
import io.merlon.datapath.IpAddress;
import io.merlon.datapath.Mode;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlowEndsTest {
  private static final int HZ = 100;
  private static final int CLOSED_FOR = 10 * HZ;
  private static final FlowKey KEY =
      new FlowKey(7, IpAddress.of("10.0.0.1"), IpAddress.of("10.0.0.2"), 40_000, 443, 6);

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
    FlowEnds ends = new FlowEnds(Config.defaults(HZ), HZ, from, to, new HashMap<>());
    ends.add(KEY, flow);
    return ends.ended();
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

  /** What lived at one look, as the next begins. */
  private static FlowEnds after(Flow before) {
    FlowEnds first = new FlowEnds(Config.defaults(HZ), HZ, 0, 500, new HashMap<>());
    first.add(KEY, before);
    assertTrue(first.ended().isEmpty());
    assertEquals(1, first.livingV4());
    assertEquals(0, first.livingV6());
    return new FlowEnds(Config.defaults(HZ), HZ, 500, 1500, first.living());
  }

  @Test
  void whatIsGoneWithoutAnEndIsToldAsItWasSeenLast() {
    FlowEnds next = after(flow(400, Flow.OPENER_EGRESS));
    FlowWindow.Group unseen = next.ended().getFirst();
    assertEquals(Ending.UNSEEN, unseen.ending);
    assertEquals(4, unseen.packets);
    assertEquals(400, unseen.bytes);
    assertEquals(5_000_000_000L, unseen.last - unseen.began);
    assertTrue(next.living().isEmpty());
  }

  @Test
  void whatWasCutIsToldOnce() {
    FlowEnds next = after(flow(400, 0));
    next.add(KEY, flow(600, Flow.REVOKED));
    assertEquals(Ending.REVOKED, next.ended().getFirst().ending);
    assertEquals(1, next.ended().size());
    FlowEnds later = new FlowEnds(Config.defaults(HZ), HZ, 1500, 2500, next.living());
    later.add(KEY, flow(600, Flow.REVOKED));
    assertTrue(later.ended().isEmpty());
  }

  @Test
  void anotherFlowAtTheSameEndsIsNotTheSame() {
    FlowEnds next = after(flow(400, 0));
    next.add(KEY, flow(1400, 0));
    assertEquals(List.of(Ending.UNSEEN), endings(next));
  }

  @Test
  void whatEndsAsItShouldIsOver() {
    Flow same = flow(400, 0);
    FlowEnds next = after(same);
    next.add(KEY, same);
    assertEquals(List.of(Ending.OVER), endings(next));
    assertEquals(0, next.livingV4());
  }

  private static List<Ending> endings(FlowEnds ends) {
    return ends.ended().stream().map(group -> group.ending).toList();
  }
}
