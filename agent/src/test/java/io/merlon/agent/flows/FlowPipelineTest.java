package io.merlon.agent.flows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.Waiting;
import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.Pod;
import io.merlon.agent.compile.CompileOptions;
import io.merlon.agent.compile.IncrementalCompiler;
import io.merlon.agent.observe.NameBook;
import io.merlon.datapath.Event;
import io.merlon.datapath.IpAddress;
import io.merlon.datapath.Mode;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** From events to flows while there are far more than anybody can be told of. */
class FlowPipelineTest {
  private static final int EVENTS = 2_000_000;
  private static final int PER_LOOK = 4096;
  private static final int PEERS = 20_000;

  private final IncrementalCompiler compiler =
      new IncrementalCompiler(CompileOptions.forNode("n1"));
  private final NameBook book = new NameBook(compiler, () -> 0);

  /** Counts what it is told, once it may. */
  private static final class SlowSink implements FlowSink {
    final CountDownLatch mayGoOn = new CountDownLatch(1);
    final AtomicLong packets = new AtomicLong();

    @Override
    public void accept(List<Flow> flows) {
      try {
        mayGoOn.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      flows.forEach(
          flow -> packets.addAndGet(flow.amount().packets() + flow.amount().suppressed()));
    }

    @Override
    public long lost() {
      return 0;
    }

    @Override
    public void close() {}
  }

  private static ByteBuffer event(int peer) {
    return SampleEvent.of(peer, Event.Kind.DENIED, Mode.ENFORCE);
  }

  private FlowPipeline pipeline(FlowSink sink) {
    return Pipelines.to(List.of(sink), compiler, book);
  }

  private static long usedHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** Far above 200,000 events a second, to a sink that takes nothing: all are told or counted. */
  @Test
  void aFloodHoldsNothingUpAndWhatIsLostIsCounted() {
    ByteBuffer[] events =
        IntStream.range(0, PEERS).mapToObj(FlowPipelineTest::event).toArray(ByteBuffer[]::new);
    SlowSink sink = new SlowSink();
    long before = usedHeap();
    try (FlowPipeline pipeline = pipeline(sink)) {
      long start = System.nanoTime();
      for (int i = 0; i < EVENTS; i++) {
        pipeline.accept(events[i % PEERS]);
        if (i % PER_LOOK == 0) {
          pipeline.looked();
        }
      }
      double perSecond = EVENTS / ((System.nanoTime() - start) / 1e9);
      long grown = usedHeap() - before;
      System.out.printf(
          "print: %.0f events/s into a sink that is stuck, %d KiB held%n", perSecond, grown >> 10);
      assertTrue(perSecond > 400_000, "events a second: " + perSecond);
      assertTrue(grown < 16 << 20, "bytes held: " + grown);
      sink.mayGoOn.countDown();
      Waiting.until(
          "every event is told or counted as lost",
          () -> {
            pipeline.looked();
            return sink.packets.get() + pipeline.tally(EVENTS, 0, 0).untold() == EVENTS;
          });
      assertEquals(0, pipeline.tally(EVENTS, 0, 0).sampledOut());
      assertEquals(
          sink.packets.get(),
          pipeline.denials().packets().values().stream().mapToLong(Long::longValue).sum());
    }
  }

  /** What a window asks of the loop's thread has to take milliseconds. */
  @Test
  void theLoopNamesAWindowInMilliseconds() {
    List<ClusterEvent> pods = new ArrayList<>();
    pods.add(new ClusterEvent.PutNamespace(new Namespace("shop", Map.of(), Map.of())));
    for (int i = 0; i < PEERS; i++) {
      pods.add(pod("web-" + i, IpAddress.v4(0x0a010000 + i).toString()));
    }
    compiler.apply(pods);
    FlowWindow window = new FlowWindow(2048, 1, 3);
    for (int i = 0; i < 2048; i++) {
      window.add(event(i), 0, 0);
    }
    List<FlowWindow.Group> groups = window.take();
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 30; i++) {
      long start = System.nanoTime();
      FlowNames names = FlowNames.of(groups, book);
      best = Math.min(best, System.nanoTime() - start);
      assertEquals(2048, names.ends().size());
    }
    System.out.printf("print: a window of 2,048 flows is named in %.2f ms%n", best / 1e6);
    assertTrue(best < 20_000_000, "nanoseconds: " + best);
  }

  private static ClusterEvent pod(String name, String ip) {
    return new ClusterEvent.PutPod(
        new Pod(
            "shop",
            name,
            "uid-" + name,
            Map.of("app", "web"),
            Map.of(),
            "default",
            "n2",
            false,
            Pod.Phase.RUNNING,
            List.of(ip),
            List.of(),
            new Pod.Owner("StatefulSet", "web"),
            false));
  }
}
