package io.merlon.agent.flows;

import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.WorkloadRef;
import io.merlon.agent.observe.Series;
import io.merlon.datapath.Counter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A flow from pod web to pod db, denied or not. */
public final class SampleFlow {
  public static final Instant TIME = Instant.parse("2026-01-02T03:04:05.000000006Z");

  private SampleFlow() {}

  public static Flow denied(String id) {
    return of(id, Series.Outcome.DENIED, "db");
  }

  public static Flow allowed(String id) {
    return of(id, Series.Outcome.ALLOWED, "db");
  }

  static Flow of(String id, Series.Outcome outcome, String destination) {
    Series verdict =
        new Series(
            new WorkloadRef("shop", "", "db"),
            "ingress",
            outcome,
            outcome == Series.Outcome.ALLOWED ? "rule" : "default-deny",
            "NetworkPolicy shop/closed",
            "");
    return new Flow(
        id,
        TIME,
        "enforce",
        "ingress",
        "tcp",
        end("10.0.0.1", 40_000, "web"),
        end("10.0.0.2", 443, destination),
        verdict,
        List.of("NetworkPolicy shop/closed"),
        "",
        new Flow.Amount(3, 180, 7, Counter.ZERO),
        Duration.ofMillis(250),
        Ending.NONE);
  }

  private static FlowEnd end(String address, int port, String name) {
    return new FlowEnd(
        Address.of(address),
        port,
        "pod",
        "shop",
        name + "-0",
        name,
        name + "-account",
        "arn:aws:iam::123456789012:role/" + name,
        "spiffe://cluster.local/ns/shop/sa/" + name,
        "node-a");
  }
}
