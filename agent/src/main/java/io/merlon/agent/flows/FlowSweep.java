package io.merlon.agent.flows;

import io.merlon.agent.flows.FlowWindow.Group;
import io.merlon.agent.program.TableRoom;
import io.merlon.datapath.Config;
import io.merlon.datapath.Flow;
import io.merlon.datapath.FlowKey;
import io.merlon.datapath.Fragment;
import io.merlon.datapath.FragmentKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  private final Kernel kernel;
  private final FlowPipeline pipeline;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("merlon-flow-ends").daemon().factory());
  private OptionalLong before = OptionalLong.empty();
  private Map<FlowKey, Flow> living = new HashMap<>();
  private volatile Optional<FlowUse> use = Optional.empty();

  /** Where flows are found; for the sweep's thread. */
  public interface Kernel {
    /** How long flows of each state last. */
    Config config();

    int jiffiesPerSecond();

    void flows(BiConsumer<FlowKey, Flow> visitor);

    void fragments(BiConsumer<FragmentKey, Fragment> visitor);

    TableRoom room();
  }

  private FlowSweep(Kernel kernel, FlowPipeline pipeline) {
    this.kernel = kernel;
    this.pipeline = pipeline;
  }

  /** Begins; zero is never. */
  public static FlowSweep start(Kernel kernel, FlowPipeline pipeline, Duration every) {
    FlowSweep sweep = new FlowSweep(kernel, pipeline);
    if (!every.isZero()) {
      var _ =
          sweep.thread.scheduleWithFixedDelay(
              sweep::look, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }
    return sweep;
  }

  /** How much of the tables lived at the last look; unknown before the second. */
  public Optional<FlowUse> use() {
    return use;
  }

  private void look() {
    try {
      Config config = kernel.config();
      OptionalLong now = pipeline.jiffies(kernel.jiffiesPerSecond());
      if (now.isPresent() && before.isPresent()) {
        look(config, before.getAsLong(), now.getAsLong());
      }
      before = now;
    } catch (RuntimeException unreadable) {
      // What was pinned may have gone; the inspector says so, and the next look begins anew.
      LOG.atDebug().addKeyValue("reason", unreadable.getMessage()).log("flows are not readable");
      before = OptionalLong.empty();
      living = new HashMap<>();
      use = Optional.empty();
    }
  }

  private void look(Config config, long from, long to) {
    FlowEnds ends = new FlowEnds(config, kernel.jiffiesPerSecond(), from, to, living);
    kernel.flows(ends::add);
    hand(ends.ended());
    living = ends.living();
    LivingFragments fragments = new LivingFragments(config, to);
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

    LivingFragments(Config config, long now) {
      this.config = config;
      this.now = (int) now;
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
