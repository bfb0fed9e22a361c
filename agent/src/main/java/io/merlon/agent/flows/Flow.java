package io.merlon.agent.flows;

import io.merlon.agent.observe.Series;
import io.merlon.datapath.Counter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What became of packets that went the same way within a second; or all of a flow that has ended.
 *
 * @param mode of the local pod: enforce, audit or observe
 * @param direction seen from the local pod
 * @param verdict what decided it, and what came of it
 * @param isolating for a default deny, the policies that isolate the pod
 * @param glass where it is broken, so that the local pod's denials are not carried out; "" if not
 * @param lasted from the first to the last of them
 * @param ending whether it is told at its end, and at which
 */
public record Flow(
    String id,
    Instant time,
    String mode,
    String direction,
    String protocol,
    FlowEnd source,
    FlowEnd destination,
    Series verdict,
    List<String> isolating,
    String glass,
    Amount amount,
    Duration lasted,
    Ending ending) {
  public Flow {
    isolating = List.copyOf(isolating);
  }

  /**
   * How much it was.
   *
   * @param packets that were told of one by one; with {@code suppressed} these are all
   * @param suppressed packets of the same flow that were denied without being told of singly
   * @param replies what came back, known of a flow that has ended
   */
  public record Amount(long packets, long bytes, long suppressed, Counter replies) {}

  boolean ended() {
    return ending != Ending.NONE;
  }

  boolean isDenied() {
    return verdict.outcome() != Series.Outcome.ALLOWED;
  }
}
