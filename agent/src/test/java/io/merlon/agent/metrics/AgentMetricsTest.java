package io.merlon.agent.metrics;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.WantedProgram;
import io.merlon.agent.flows.FlowUse;
import io.merlon.agent.loop.AgentLoop;
import io.merlon.agent.loop.PaperLoop;
import io.merlon.agent.observe.EventTally;
import io.merlon.agent.observe.PeerDenials;
import io.merlon.agent.observe.Series;
import io.merlon.agent.plan.Capacities;
import io.merlon.agent.program.Holding;
import io.merlon.agent.program.Tally;
import io.merlon.datapath.Counter;
import io.merlon.datapath.DropReason;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentMetricsTest {
  private static final DropReason LAST_REASON = DropReason.values()[DropReason.values().length - 1];
  private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0";

  /** What promtool ends with if it takes a page, and would have it otherwise. */
  private static final int LINT = 3;

  private final AgentLoop loop = PaperLoop.make();
  private final AgentMetrics metrics = new AgentMetrics("1.2");

  private AgentMetrics.Facts facts(Tally tally, PeerDenials denials) {
    return new AgentMetrics.Facts(
        loop.view(),
        Optional.of(new KernelFacts(tally, Map.of(), new Holding(3, 20, 4), Capacities.UNLIMITED)),
        Optional.empty(),
        Duration.ZERO,
        EventTally.NOTHING,
        denials.counted(),
        Verified.NEVER,
        Optional.of(
            new FlowUse(
                new FlowUse.Of(7, 100),
                new FlowUse.Of(0, 50),
                new FlowUse.Of(3, 10),
                new FlowUse.Of(0, 10))),
        2);
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
  void tellsWhatIsHeldAndWhatWasDroppedForIt() {
    String text = metrics.text(facts(tally(1), new PeerDenials(1)), null).body();
    assertTrue(text.contains("merlon_held_interfaces 3.0\n"), text);
    assertTrue(
        text.contains("merlon_held_dropped_packets_total{direction=\"egress\"} 20.0\n"), text);
    assertTrue(
        text.contains("merlon_held_dropped_packets_total{direction=\"ingress\"} 4.0\n"), text);
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
  void whatNamesMayContainIsEscaped() {
    String odd = series(0).replace("web0", "a\\b\"c");
    Tally tally = new Tally(Map.of(odd, new Counter(7, 420)), 0, 0);
    for (String accept : new String[] {"text/plain", OPEN_METRICS}) {
      String text = metrics.text(facts(tally, new PeerDenials(1)), accept).body();
      assertTrue(text.contains("workload=\"a\\\\b\\\"c\"} 7.0\n"), text);
    }
  }

  /** Prometheus' own tool reads what is written by us and what is written for us as one page. */
  @Test
  void prometheusTakesThePage(@TempDir Path folder) throws IOException {
    Path page = folder.resolve("page");
    Files.writeString(page, metrics.text(facts(tally(3), new PeerDenials(1)), null).body());
    Path promtool = WantedProgram.promtool();
    WantedProgram.Run run = WantedProgram.run("sh", "-c", promtool + " check metrics <" + page);
    assertTrue(Set.of(0, LINT).contains(run.exit()), run.said());
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
    KernelFacts kernel = new KernelFacts(tally(1), Map.of(), Holding.NOTHING, Capacities.UNLIMITED);
    AgentMetrics.Facts facts = SampleFacts.of(loop, Optional.of(kernel));
    String text = metrics.text(facts, null).body();
    assertTrue(text.contains("merlon_map_entries{map=\"addresses4\"} 0.0"), text);
    assertTrue(text.contains("merlon_map_predicted{map=\"cidrs6\"} 0.0"), text);
    assertTrue(text.contains("merlon_map_capacity{map=\"tables\"} "), text);
  }

  @Test
  void tellsHowManyFlowsLiveOnceThatIsKnown() {
    String text = metrics.text(facts(tally(1), new PeerDenials(1)), null).body();
    assertTrue(text.contains("merlon_map_entries{map=\"flows4\"} 7.0\n"), text);
    assertTrue(text.contains("merlon_map_capacity{map=\"flows4\"} 100.0\n"), text);
    assertTrue(text.contains("merlon_map_entries{map=\"fragments4\"} 3.0\n"), text);
    assertTrue(text.contains("merlon_map_capacity{map=\"flows6\"} 50.0\n"), text);
  }

  @Test
  void tellsWhatTheProcessTakesByTheNamesOthersUse() throws IOException {
    String text = metrics.text(facts(tally(1), new PeerDenials(1)), null).body();
    double resident = value(text, "process_resident_memory_bytes");
    double virtual = value(text, "process_virtual_memory_bytes");
    assertTrue(resident > 16 << 20, "resident " + resident);
    assertTrue(virtual > resident, "virtual " + virtual);
    assertTrue(value(text, "process_cpu_seconds_total") > 0.1, text);
    assertTrue(value(text, "process_start_time_seconds") > 1e9, text);
    double before = value(text, "process_open_fds");
    assertTrue(before > 3 && before < value(text, "process_max_fds"), text);
    try (InputStream one = Files.newInputStream(Path.of("/proc/self/stat"));
        InputStream other = Files.newInputStream(Path.of("/proc/self/stat"))) {
      assertTrue(one.available() >= 0 && other.available() >= 0);
      String with = metrics.text(facts(tally(1), new PeerDenials(1)), null).body();
      assertTrue(value(with, "process_open_fds") >= before + 1, with);
    }
  }

  private static double value(String page, String metric) {
    return page.lines()
        .filter(line -> line.startsWith(metric + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(metric.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(metric + " is not in " + page));
  }

  @Test
  void thePageOfMetricsSaysAll() throws IOException {
    String page = Files.readString(Path.of("../docs/metrics.md"));
    assertTrue(
        page.contains(MetricTable.text()),
        () -> "docs/metrics.md must have:\n" + MetricTable.text());
    for (DropReason reason : EnumSet.range(DropReason.UNKNOWN_ENDPOINT, LAST_REASON)) {
      String row = "| `%s` | %s |\n".formatted(Series.label(reason), reason.text());
      assertTrue(page.contains(row), () -> "docs/metrics.md must have:\n" + row);
    }
  }
}
