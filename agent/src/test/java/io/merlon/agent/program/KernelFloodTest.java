package io.merlon.agent.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.Waiting;
import io.merlon.agent.flows.Flow;
import io.merlon.agent.flows.FlowPipeline;
import io.merlon.agent.flows.FlowSink;
import io.merlon.agent.glass.Breaks;
import io.merlon.agent.loop.AgentLoop;
import io.merlon.agent.loop.CommandQueue;
import io.merlon.agent.loop.Inquiry;
import io.merlon.agent.loop.LoopThread;
import io.merlon.agent.loop.PaperLoop;
import io.merlon.agent.observe.EventReader;
import io.merlon.agent.observe.EventTally;
import io.merlon.datapath.Counter;
import io.merlon.datapath.Stat;
import java.lang.management.ManagementFactory;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * New flows without end in this kernel, through its ring buffer, to the sinks, while the loop names
 * them and does what it is told.
 */
class KernelFloodTest {
  /** More than the ring buffer holds. */
  private static final int BEFORE = 50_000;

  private static final int FLOWS = 1_000_000;
  private static final int AT_ONCE = 10_000;

  /** So that it is the kernel that is busy, not what has it send. */
  private static final int PER_PEER = 4;

  private final CommandQueue queue = new CommandQueue(1 << 10, System::nanoTime);

  /** Counts the packets it is told of. */
  private static final class CountingSink implements FlowSink {
    final AtomicLong packets = new AtomicLong();

    @Override
    public void accept(List<Flow> flows) {
      flows.forEach(flow -> packets.addAndGet(flow.amount().packets()));
    }

    @Override
    public long lost() {
      return 0;
    }

    @Override
    public void close() {}
  }

  private FlowPipeline pipeline(AgentLoop loop, Datapath datapath, FlowSink sink) {
    return new FlowPipeline(
        new FlowPipeline.Sources(
            question -> Inquiry.of(queue, inside -> question.apply(inside.names())),
            () -> new FlowPipeline.Known(loop.view().seen(), Breaks.NONE),
            datapath::meaning),
        List.of(sink),
        1,
        100,
        InstantSource.system());
  }

  private static long usedHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** The processor time it took, in nanoseconds. */
  private static long flood(TalkingPods pods) {
    long busy = 0;
    for (int sent = 0; sent < FLOWS / PER_PEER; sent += AT_ONCE) {
      busy += pods.send(BEFORE + sent, AT_ONCE, PER_PEER);
    }
    return busy;
  }

  /** How long the loop lets wait who asks it something, in nanoseconds, shortest first. */
  private List<Long> waits(Future<Long> whileRuns) {
    List<Long> waits = new ArrayList<>();
    while (!whileRuns.isDone()) {
      long asked = System.nanoTime();
      CompletableFuture<Long> answer = Inquiry.of(queue, _ -> System.nanoTime());
      waits.add(answer.join() - asked);
      LockSupport.parkNanos(1_000_000);
    }
    return waits.stream().sorted().toList();
  }

  @Test
  void aFloodHoldsNothingUpAndWhatIsLostIsCounted() throws Exception {
    try (TalkingPods pods = new TalkingPods(1, 1, Map.of());
        ExecutorService sender = Executors.newSingleThreadExecutor()) {
      Datapath datapath = pods.datapath();
      pods.forgetFlows();
      pods.send(0, BEFORE, 1);
      long lost = datapath.kernel().stat(Stat.EVENTS_LOST);
      assertTrue(lost > 0 && lost < BEFORE, "nobody reads yet: " + lost);
      AgentLoop loop = PaperLoop.over(datapath, () -> 0);
      LoopThread thread = LoopThread.start(loop, queue);
      CountingSink sink = new CountingSink();
      FlowPipeline pipeline = pipeline(loop, datapath, sink);
      EventReader reader =
          EventReader.start(EventReader.Events.of(datapath.kernel().events()), pipeline);
      try (pipeline;
          reader) {
        long held = usedHeap();
        long begun = System.nanoTime();
        Future<Long> flood = sender.submit(() -> flood(pods));
        List<Long> waits = waits(flood);
        double seconds = (System.nanoTime() - begun) / 1e9;
        Waiting.until(
            "every event is read or lost",
            () -> reader.read() + datapath.kernel().stat(Stat.EVENTS_LOST) == BEFORE + FLOWS);
        long grown = usedHeap() - held;
        EventTally tally = everyEventTold(reader, pipeline, sink);
        System.out.printf(
            "print: %.0f flows/s (%.0f a second of the sender's processor), %d lost in the kernel,"
                + " %d read, %d of them told, %d counted only; the loop let wait %.2f ms (half), %.1f"
                + " ms (99 of 100), %.1f ms (all of %d); %d KiB more held%n",
            FLOWS / seconds,
            FLOWS / (flood.get() / 1e9),
            datapath.kernel().stat(Stat.EVENTS_LOST),
            reader.read(),
            sink.packets.get(),
            tally.untold(),
            waits.get(waits.size() / 2) / 1e6,
            waits.get(waits.size() * 99 / 100) / 1e6,
            waits.getLast() / 1e6,
            waits.size(),
            grown >> 10);
        assertTrue(FLOWS / (flood.get() / 1e9) > 200_000, "nanoseconds: " + flood.get());
        assertTrue(waits.get(waits.size() * 99 / 100) < 100_000_000, "waited " + waits.getLast());
        assertTrue(grown < 16 << 20, "bytes held: " + grown);
      } finally {
        assertTrue(thread.stop());
      }
      assertEquals(
          BEFORE + FLOWS,
          datapath.counters().series().values().stream().mapToLong(Counter::packets).sum());
    }
  }

  private static EventTally everyEventTold(
      EventReader reader, FlowPipeline pipeline, CountingSink sink) {
    Waiting.until(
        "every event read is told or counted",
        () -> sink.packets.get() + pipeline.tally(reader.read(), 0, 0).untold() == reader.read());
    return pipeline.tally(reader.read(), 0, 0);
  }
}
