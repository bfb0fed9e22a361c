package io.merlon.agent.flows;

import io.merlon.agent.flows.FlowWindow.Group;
import io.merlon.agent.program.TableRoom;
import io.merlon.datapath.Config;
import io.merlon.datapath.Fragment;
import io.merlon.datapath.FragmentKey;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks through the kernel's flows every few seconds, hands on those that have ended, and counts
 * those that live.
 */
public final class FlowSweep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FlowSweep.class);
  private static final int AT_ONCE = 2048;

  /** So many living flows are remembered from look to look. */
  private static final int REMEMBERED = 8192;

  /** Looking takes one in so many parts of the time at most, however large the tables are. */
  private static final int SHARE = 200;

  private final Kernel kernel;
  private final FlowPipeline pipeline;
  private final Duration every;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("merlon-flow-ends").daemon().factory());
  private OptionalLong before = OptionalLong.empty();
  private long seen;
  private RememberedFlows living = new RememberedFlows(REMEMBERED);
  private RememberedFlows spare = new RememberedFlows(REMEMBERED);
  private volatile Optional<FlowUse> use = Optional.empty();

  /** Where flows are found; for the sweep's thread. */
  public interface Kernel {
    /** How long flows of each state last. */
    Config config();

    int jiffiesPerSecond();

    /** Hands over keys and values where they lie; see {@link io.merlon.datapath.FlowKey}. */
    void flows(BiConsumer<ByteBuffer, ByteBuffer> visitor);

    void fragments(BiConsumer<FragmentKey, Fragment> visitor);

    TableRoom room();
  }

  private FlowSweep(Kernel kernel, FlowPipeline pipeline, Duration every) {
    this.kernel = kernel;
    this.pipeline = pipeline;
    this.every = every;
  }

  /** Begins; zero is never. */
  public static FlowSweep start(Kernel kernel, FlowPipeline pipeline, Duration every) {
    FlowSweep sweep = new FlowSweep(kernel, pipeline, every);
    if (!every.isZero()) {
      sweep.next(every.toNanos());
    }
    return sweep;
  }

  private void next(long nanos) {
    var _ = thread.schedule(this::lookAndGoOn, nanos, TimeUnit.NANOSECONDS);
  }

  private void lookAndGoOn() {
    long begun = System.nanoTime();
    look();
    if (!thread.isShutdown()) {
      next(Math.max(every.toNanos(), SHARE * (System.nanoTime() - begun)));
    }
  }

  /** How much of the tables lived at the last look; unknown before the second. */
  public Optional<FlowUse> use() {
    return use;
  }

  private void look() {
    try {
      Config config = kernel.config();
      int perSecond = kernel.jiffiesPerSecond();
      OptionalLong now = pipeline.jiffies(perSecond);
      if (now.isPresent() && before.isPresent()) {
        look(
            config,
            new FlowEnds.Look(
                (int) before.getAsLong(),
                (int) now.getAsLong(),
                (int) seen,
                perSecond,
                System.nanoTime()));
      }
      before = now;
      // The clock is only read when an event is, so it may be a moment behind.
      seen = pipeline.jiffies(perSecond).orElse(0) + perSecond;
    } catch (RuntimeException unreadable) {
      // What was pinned may have gone; the inspector says so, and the next look begins anew.
      LOG.atDebug().addKeyValue("reason", unreadable.getMessage()).log("flows are not readable");
      before = OptionalLong.empty();
      living.clear();
      spare.clear();
      use = Optional.empty();
    }
  }

  private void look(Config config, FlowEnds.Look look) {
    FlowEnds ends = new FlowEnds(config, look, living, spare);
    kernel.flows(ends::add);
    hand(ends.ended());
    pipeline.endsUntold(ends.untold());
    RememberedFlows used = living;
    living = spare;
    spare = used;
    LivingFragments fragments = new LivingFragments(config, look.to());
    kernel.fragments(fragments::add);
    TableRoom room = kernel.room();
    use =
        Optional.of(
            new FlowUse(
                new FlowUse.Of(ends.livingV4(), room.flows4()),
                new FlowUse.Of(ends.livingV6(), room.flows6()),
                new FlowUse.Of(fragments.v4, room.fragments4()),
                new FlowUse.Of(fragments.v6, room.fragments6())));
  }

  /** Counts datagrams whose later parts may come still. */
  private static final class LivingFragments {
    private final Config config;
    private final int now;
    private long v4;
    private long v6;

    LivingFragments(Config config, int now) {
      this.config = config;
      this.now = now;
    }

    void add(FragmentKey key, Fragment fragment) {
      if (fragment.stamp() + config.fragmentTimeout() - now > 0) {
        if (key.source().v6()) {
          v6++;
        } else {
          v4++;
        }
      }
    }
  }

  private void hand(List<Group> ended) {
    for (int from = 0; from < ended.size(); from += AT_ONCE) {
      pipeline.handEnded(ended.subList(from, Math.min(from + AT_ONCE, ended.size())));
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
    try {
      var _ = thread.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
