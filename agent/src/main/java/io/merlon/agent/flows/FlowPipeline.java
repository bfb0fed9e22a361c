package io.merlon.agent.flows;

import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.flows.FlowWindow.Group;
import io.merlon.agent.glass.Breaks;
import io.merlon.agent.observe.EventReader;
import io.merlon.agent.observe.EventTally;
import io.merlon.agent.observe.PeerDenials;
import io.merlon.agent.program.SlotMeaning;
import io.merlon.datapath.Event;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From events to flows in sinks. The reader's thread adds up, a second thread asks the loop for
 * names and writes; between them is room for a few seconds, and what does not fit is counted.
 */
public final class FlowPipeline implements EventReader.Sink, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FlowPipeline.class);
  private static final int FLOWS = 2048;
  private static final int SUPPRESSED = 60;
  private static final Duration WINDOW = Duration.ofMillis(500);
  private static final Duration AGE = Duration.ofMinutes(10);

  private final FlowWindow window;
  private final FlowMaker maker;
  private final Sources sources;
  private final List<FlowSink> sinks;
  private final PeerDenials denials;
  private final InstantSource clock;
  private final int sample;
  private final FlowQueue waiting = new FlowQueue();
  private final Thread thread;
  private long taken = System.nanoTime();
  private long jiffies;
  private Instant aged;
  private long ends;
  private final AtomicLong endsSampledOut = new AtomicLong();
  private final AtomicLong endsUntold = new AtomicLong();

  /** When the last event was made, by the kernel's clock and by ours. */
  private volatile Moment moment = new Moment(0, 0);

  private record Moment(long jiffies, long nanos) {}

  private final AtomicLong unsent = new AtomicLong();

  /**
   * Whom it asks.
   *
   * @param names looks the ends of flows up on the loop's thread
   * @param meanings what a slot counts; any thread may ask
   */
  public record Sources(
      Function<Question, CompletableFuture<FlowNames>> names,
      Supplier<Known> known,
      IntFunction<SlotMeaning> meanings) {}

  /** What the loop knows. */
  public record Known(CompiledPolicy policy, Breaks breaks) {}

  /** Is put to the loop's thread. */
  public interface Question extends Function<io.merlon.agent.observe.NameBook, FlowNames> {}

  /**
   * Starts one.
   *
   * @param sample of so many allowed flows one is told
   * @param peers so many peers of denied flows are counted by name
   */
  public FlowPipeline(
      Sources sources, List<FlowSink> sinks, int sample, int peers, InstantSource clock) {
    this.sources = sources;
    this.sinks = List.copyOf(sinks);
    this.clock = clock;
    this.sample = sample;
    this.aged = clock.instant();
    this.window = new FlowWindow(FLOWS, sample, ThreadLocalRandom.current().nextLong());
    this.maker =
        new FlowMaker(sources.meanings(), Long.toString(clock.millis(), Character.MAX_RADIX));
    this.denials = new PeerDenials(peers);
    this.thread = Thread.ofPlatform().name("merlon-flows").daemon().unstarted(this::run);
    thread.start();
  }

  @Override
  public void accept(ByteBuffer event) {
    accept(event, Integer.toUnsignedLong(event.getInt(event.position() + SUPPRESSED)));
  }

  /** Takes one of which so many suppressed denials are news. */
  void accept(ByteBuffer event, long suppressed) {
    jiffies = event.getLong(event.position());
    tell(event, suppressed);
  }

  /** Takes one that does not say what time it is. */
  void tell(ByteBuffer event, long suppressed) {
    window.add(event, suppressed, System.nanoTime());
  }

  @Override
  public void looked() {
    long now = System.nanoTime();
    if (jiffies != moment.jiffies()) {
      moment = new Moment(jiffies, now);
    }
    if (now - taken >= WINDOW.toNanos()) {
      taken = now;
      waiting.addWindow(window.take());
    }
  }

  /** What time it is by the kernel's clock; unknown before the first event. */
  OptionalLong jiffies(int perSecond) {
    Moment last = moment;
    long since = System.nanoTime() - last.nanos();
    return last.jiffies() == 0
        ? OptionalLong.empty()
        : OptionalLong.of(last.jiffies() + TimeUnit.NANOSECONDS.toMillis(since) * perSecond / 1000);
  }

  /** Takes flows that have ended; those allowed are sampled as their beginnings are. */
  void handEnded(List<Group> groups) {
    List<Group> told = new ArrayList<>(groups.size());
    for (Group group : groups) {
      boolean isAllowed = group.first.kind() == Event.Kind.ALLOWED;
      if (!isAllowed || ++ends % sample == 0) {
        told.add(group);
      } else {
        endsSampledOut.incrementAndGet();
      }
    }
    waiting.addEnds(told);
  }

  /** So many more ended, which were too many at once. */
  void endsUntold(long count) {
    endsUntold.addAndGet(count);
  }

  private void run() {
    try {
      while (true) {
        waiting.take().ifPresentOrElse(this::write, this::idle);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(List<Group> groups) {
    Instant now = clock.instant();
    if (now.isAfter(aged.plus(AGE))) {
      denials.age();
      aged = now;
    }
    try {
      Known known = sources.known().get();
      FlowNames names = sources.names().apply(book -> FlowNames.of(groups, book)).join();
      List<Flow> flows = new ArrayList<>(groups.size());
      for (int i = 0; i < groups.size(); i++) {
        Flow flow = maker.make(groups.get(i), names.ends().get(i), known, now);
        flows.add(flow);
        if (flow.isDenied() && !flow.ended()) {
          denials.add(FlowMaker.key(flow), flow.amount().packets() + flow.amount().suppressed());
        }
      }
      sinks.forEach(sink -> send(sink, flows));
    } catch (CompletionException e) {
      waiting.drop(groups);
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("flows without names");
    } catch (RuntimeException e) {
      waiting.drop(groups); // whatever it was, the next ones are written
      LOG.atError().setCause(e).log("flows were not written");
    }
  }

  private void idle() {
    try {
      sinks.forEach(FlowSink::idle);
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("a sink failed at rest");
    }
  }

  /** What one sink trips over the others still get. */
  private void send(FlowSink sink, List<Flow> flows) {
    try {
      sink.accept(flows);
    } catch (RuntimeException e) {
      unsent.addAndGet(flows.size());
      LOG.atError().setCause(e).log("flows were not sent");
    }
  }

  /**
   * What became of events so far.
   *
   * @param read how many were read
   * @param unreadable of them
   * @param missed by followers
   */
  public EventTally tally(long read, long unreadable, long missed) {
    return new EventTally(
        read,
        unreadable + window.untold() + waiting.dropped() + endsUntold.get(),
        window.sampledOut() + endsSampledOut.get(),
        unsent.get() + sinks.stream().mapToLong(FlowSink::lost).sum(),
        missed);
  }

  public PeerDenials.Counted denials() {
    return denials.counted();
  }

  /** To be closed after the reader. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    sinks.forEach(FlowSink::close);
  }
}
