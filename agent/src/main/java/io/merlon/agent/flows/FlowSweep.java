package io.merlon.agent.flows;

import io.merlon.agent.flows.FlowWindow.Group;
import io.merlon.datapath.Config;
import io.merlon.datapath.Flow;
import io.merlon.datapath.FlowKey;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks through the kernel's flows every few seconds, and hands on those that have ended. */
public final class FlowSweep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FlowSweep.class);
  private static final int AT_ONCE = 2048;

  private final Kernel kernel;
  private final FlowPipeline pipeline;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("merlon-flow-ends").daemon().factory());
  private OptionalLong before = OptionalLong.empty();

  /** Where flows are found; for the sweep's thread. */
  public interface Kernel {
    /** How long flows of each state last. */
    Config config();

    int jiffiesPerSecond();

    void flows(BiConsumer<FlowKey, Flow> visitor);
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

  private void look() {
    try {
      Config config = kernel.config();
      OptionalLong now = pipeline.jiffies(kernel.jiffiesPerSecond());
      if (now.isPresent() && before.isPresent()) {
        hand(ended(config, before.getAsLong(), now.getAsLong()));
      }
      before = now;
    } catch (RuntimeException unreadable) {
      // What was pinned may have gone; the inspector says so, and the next look begins anew.
      LOG.atDebug().addKeyValue("reason", unreadable.getMessage()).log("flows are not readable");
      before = OptionalLong.empty();
    }
  }

  private List<Group> ended(Config config, long from, long to) {
    FlowEnds ends = new FlowEnds(config, kernel.jiffiesPerSecond(), from, to);
    kernel.flows(ends::add);
    return ends.ended();
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
