package io.merlon.agent.metrics;

import io.merlon.agent.loop.AgentLoop;
import io.merlon.agent.observe.EventTally;
import io.merlon.agent.observe.PeerDenials;
import java.util.Optional;

/** All there is to tell of an agent that has nothing but a loop, and perhaps a kernel. */
public final class SampleFacts {
  private SampleFacts() {}

  public static AgentMetrics.Facts of(AgentLoop loop, Optional<KernelFacts> kernel) {
    return new AgentMetrics.Facts(
        loop.view(),
        kernel,
        Optional.empty(),
        loop.sinceWork(),
        EventTally.NOTHING,
        PeerDenials.Counted.NOTHING,
        Verified.NEVER,
        Optional.empty(),
        0);
  }
}
