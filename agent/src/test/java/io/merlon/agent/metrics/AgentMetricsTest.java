package io.merlon.agent.metrics;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.compile.CompileOptions;
import io.merlon.agent.compile.IncrementalCompiler;
import io.merlon.agent.config.UntilKnown;
import io.merlon.agent.interfaces.InterfaceNaming;
import io.merlon.agent.interfaces.PodInterfaces;
import io.merlon.agent.loop.AgentLoop;
import io.merlon.agent.loop.LoopSettings;
import io.merlon.agent.loop.PrintingDatapath;
import io.merlon.agent.observe.EventTally;
import io.merlon.agent.observe.PeerDenials;
import io.merlon.agent.plan.Capacities;
import io.merlon.agent.program.Tally;
import io.merlon.datapath.Counter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AgentMetricsTest {
  private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0";

  private final AgentLoop loop =
      new AgentLoop(
          new LoopSettings(UntilKnown.ALLOW, List.of("eni"), List.of("eth"), Duration.ofSeconds(5)),
          new AgentLoop.Parts(
              new PrintingDatapath(_ -> {}),
              new IncrementalCompiler(CompileOptions.forNode("n1")),
              new PodInterfaces(InterfaceNaming.EKS)),
          () -> 0);
  private final AgentMetrics metrics = new AgentMetrics("1.2");

  private AgentMetrics.Facts facts(Tally tally, PeerDenials denials) {
    return new AgentMetrics.Facts(
        loop.view(),
        new KernelFacts(tally, Map.of(), Optional.empty()),
        Optional.empty(),
        Duration.ZERO,
        EventTally.NOTHING,
        denials.counted(),
        new Verified(1, 0, Duration.ZERO));
  }

  private static String series(int number) {
    return String.join(
        "\n",
        "shop",
        "Deployment",
        "web" + number,
        "ingress",
        "DENIED",
        "default-deny",
        "NetworkPolicy shop/closed",
        "");
  }

  private static Tally tally(int series) {
    Map<String, Counter> counted = new HashMap<>();
    for (int i = 0; i < series; i++) {
      counted.put(series(i), new Counter(7, 420));
    }
    return new Tally(counted, 0, 0);
  }

  @Test
  void countsByWorkloadAndPolicy() {
    String text = metrics.text(facts(tally(1), new PeerDenials(1)), null).body();
    assertTrue(
        text.contains(
            "merlon_packets_total{direction=\"ingress\",kind=\"Deployment\",namespace=\"shop\","
                + "policy=\"NetworkPolicy shop/closed\",reason=\"default-deny\",rule=\"\","
                + "verdict=\"denied\",workload=\"web0\"} 7.0"),
        text);
    assertTrue(text.contains("merlon_enforce_latency_seconds_bucket{le=\"1.0E-4\"} 0"), text);
    assertTrue(text.contains("merlon_build{version=\"1.2\"} 1.0"), text);
  }

  @Test
  void speaksOpenMetricsWhereThatIsAsked() {
    AgentMetrics.Text text = metrics.text(facts(tally(1), new PeerDenials(1)), OPEN_METRICS);
    assertTrue(text.contentType().startsWith("application/openmetrics-text"), text.contentType());
    assertTrue(text.body().endsWith("# EOF\n"), text.body());
    assertTrue(
        metrics
            .text(facts(tally(1), new PeerDenials(1)), "text/plain")
            .contentType()
            .startsWith("text/plain"));
  }

  @Test
  void tenThousandSeriesTakeLessThanATenthOfASecond() {
    // What others do with the processors meanwhile is not asked here.
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    AgentMetrics.Facts facts = facts(tally(5000), new PeerDenials(1));
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 15; i++) {
      long start = threads.getCurrentThreadCpuTime();
      String text = metrics.text(facts, null).body();
      best = Math.min(best, threads.getCurrentThreadCpuTime() - start);
      assertTrue(text.length() > 1_000_000);
    }
    System.out.printf("print: 10,000 series in %.1f ms%n", best / 1e6);
    assertTrue(best < 100_000_000, "nanoseconds: " + best);
  }

  @Test
  void tellsWhatMapsHoldAndWillHold() {
    AgentMetrics.Facts facts =
        new AgentMetrics.Facts(
            loop.view(),
            new KernelFacts(tally(1), Map.of(), Optional.of(Capacities.UNLIMITED)),
            Optional.empty(),
            Duration.ZERO,
            EventTally.NOTHING,
            PeerDenials.Counted.NOTHING,
            new Verified(1, 0, Duration.ZERO));
    String text = metrics.text(facts, null).body();
    assertTrue(text.contains("merlon_map_entries{map=\"addresses4\"} 0.0"), text);
    assertTrue(text.contains("merlon_map_predicted{map=\"cidrs6\"} 0.0"), text);
    assertTrue(text.contains("merlon_map_capacity{map=\"tables\"} "), text);
  }

  @Test
  void thePageOfMetricsSaysAll() throws IOException {
    String page = Files.readString(Path.of("../docs/metrics.md"));
    assertTrue(
        page.contains(MetricTable.text()),
        () -> "docs/metrics.md must have:\n" + MetricTable.text());
  }
}
