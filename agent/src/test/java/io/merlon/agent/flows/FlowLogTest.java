package io.merlon.agent.flows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The latest flows, and who follows them. */
class FlowLogTest {
  private static final FlowFilter ALL = FlowFilter.of(Map.of(), SampleFlow.TIME);

  private long now;
  private final FlowLog log = new FlowLog(() -> now);
  private final List<String> heard = new ArrayList<>();
  private boolean busy;

  private boolean take(List<Flow> flows, long missed) {
    if (!busy) {
      heard.add(missed + " missed, " + flows.stream().map(Flow::id).toList());
    }
    return !busy;
  }

  private static List<Flow> allowed(int count) {
    return IntStream.range(0, count).mapToObj(i -> SampleFlow.allowed("a" + i)).toList();
  }

  private static FlowFilter denied() {
    return FlowFilter.of(Map.of("verdict", "denied"), SampleFlow.TIME);
  }

  @Test
  void otherFlowsPushOutNoDenial() {
    log.accept(List.of(SampleFlow.denied("d1")));
    for (int i = 0; i < 5; i++) {
      log.accept(allowed(2048));
    }
    log.accept(List.of(SampleFlow.denied("d2")));
    assertEquals(List.of("d1", "d2"), log.latest(denied()).stream().map(Flow::id).toList());
    List<Flow> all = log.latest(ALL);
    assertEquals(4096, all.size());
    assertEquals("d1", all.getFirst().id());
    assertEquals("d2", all.getLast().id());
    assertTrue(log.find("d1").isPresent());
  }

  @Test
  void denialsPushOutNoMoreThanHalf() {
    log.accept(allowed(3000));
    for (int i = 0; i < 5000; i++) {
      log.accept(List.of(SampleFlow.denied("d" + i)));
    }
    assertEquals(2048, log.latest(denied()).size());
    assertEquals(4096, log.latest(ALL).size());
  }

  @Test
  void whatAFollowerMissesIsCountedAndTold() {
    log.accept(List.of(SampleFlow.denied("a")));
    Runnable end = log.follow(denied(), this::take);
    log.accept(List.of(SampleFlow.denied("b"), SampleFlow.allowed("c")));
    busy = true;
    log.accept(List.of(SampleFlow.denied("d"), SampleFlow.denied("e"), SampleFlow.allowed("f")));
    log.accept(List.of(SampleFlow.denied("g")));
    assertEquals(3, log.missed());
    busy = false;
    log.accept(List.of(SampleFlow.denied("h")));
    log.accept(List.of(SampleFlow.denied("i")));
    assertEquals(
        List.of("0 missed, [a]", "0 missed, [b]", "3 missed, [h]", "0 missed, [i]"), heard);
    assertEquals(3, log.missed());
    end.run();
    assertEquals(0, log.followers());
  }

  /** Nothing may come any more that it could be told with. */
  @Test
  void whatWasMissedIsToldWithoutFurtherFlows() {
    var _ = log.follow(ALL, this::take);
    busy = true;
    log.accept(allowed(7));
    log.idle();
    busy = false;
    log.idle();
    log.idle();
    assertEquals(List.of("7 missed, []"), heard);
  }

  @Test
  void whoHearsNothingGetsASignOfLife() {
    var _ = log.follow(ALL, this::take);
    now = Duration.ofSeconds(14).toNanos();
    log.idle();
    assertEquals(List.of(), heard);
    now = Duration.ofSeconds(15).toNanos();
    log.idle();
    log.idle();
    assertEquals(List.of("0 missed, []"), heard);
  }
}
