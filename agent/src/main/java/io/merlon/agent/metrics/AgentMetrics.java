package io.merlon.agent.metrics;

import io.merlon.agent.flows.FlowUse;
import io.merlon.agent.loop.AgentView;
import io.merlon.agent.loop.Latencies;
import io.merlon.agent.observe.Counts;
import io.merlon.agent.observe.EventTally;
import io.merlon.agent.observe.PeerDenials;
import io.merlon.agent.observe.Series;
import io.merlon.agent.program.Holding;
import io.merlon.agent.program.Repair;
import io.merlon.agent.watch.Staleness;
import io.merlon.datapath.Counter;
import io.merlon.datapath.Stat;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes what Prometheus reads: in its own text format, or as OpenMetrics where that is asked. */
public final class AgentMetrics implements AutoCloseable {
  private final String version;
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, registry, Clock.SYSTEM);
  private final ExpositionFormats formats = ExpositionFormats.init();
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private Page page = new Page();
  private Map<Series, Counter> series = Map.of();

  /**
   * All there is to tell at one moment.
   *
   * @param kernel empty while the loop does not say: what it counts is left out of the page then,
   *     for a number that falls to nothing would be taken for a restart
   * @param idle since the loop came round
   * @param others programs of another agent that enforces the same policies
   */
  public record Facts(
      AgentView view,
      Optional<KernelFacts> kernel,
      Optional<Staleness> staleness,
      Duration idle,
      EventTally events,
      PeerDenials.Counted denials,
      Verified verified,
      Optional<FlowUse> flows,
      long others) {}

  /** A page as it is sent. */
  public record Text(String contentType, String body) {}

  public AgentMetrics(String version) {
    this.version = version;
    registry.register(
        new MultiCollector() {
          @Override
          public MetricSnapshots collect() {
            return page.snapshots();
          }
        });
    new JvmMemoryMetrics().bindTo(meters);
    collections.bindTo(meters);
    new ProcessorMetrics().bindTo(meters);
    new UptimeMetrics().bindTo(meters);
  }

  /**
   * Writes a page.
   *
   * @param accept what the reader says it understands
   */
  public synchronized Text text(Facts facts, @Nullable String accept) {
    page = new Page();
    page.put(Metric.KERNEL_READ, facts.kernel().isPresent() ? 1 : 0);
    facts.kernel().ifPresent(kernel -> kernel(kernel, facts.view()));
    peers(facts.denials());
    events(facts.events());
    facts.flows().ifPresent(use -> MapUse.write(page, use));
    state(facts);
    ProcessUse.write(page);
    ExpositionFormatWriter writer = formats.findWriter(accept);
    ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 16);
    try {
      boolean openMetrics = writer instanceof OpenMetricsTextFormatWriter;
      out.writeBytes(SeriesText.of(series, openMetrics).getBytes(StandardCharsets.UTF_8));
      writer.write(out, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      page = new Page();
      series = Map.of();
    }
    return new Text(writer.getContentType(), out.toString(StandardCharsets.UTF_8));
  }

  private void kernel(KernelFacts kernel, AgentView view) {
    verdicts(kernel);
    held(kernel.holding());
    MapUse.write(page, view, kernel.capacities());
    for (Stat stat : Stat.values()) {
      long count = kernel.stats().getOrDefault(stat, 0L);
      if (stat == Stat.EVENTS_LOST) {
        page.put(Metric.EVENTS_LOST, count, "kernel");
      } else {
        page.put(Metric.DATAPATH, count, lower(stat));
      }
    }
  }

  private void held(Holding holding) {
    page.put(Metric.HELD_INTERFACES, holding.names());
    page.put(Metric.HELD_DROPPED, holding.from(), "egress");
    page.put(Metric.HELD_DROPPED, holding.to(), "ingress");
  }

  private void verdicts(KernelFacts kernel) {
    Counts counts = kernel.counts();
    page.put(Metric.UNCOUNTED, counts.uncounted());
    page.put(Metric.SERIES_OVERFLOW, counts.overflowed());
    series = counts.series();
  }

  private void peers(PeerDenials.Counted denials) {
    denials
        .packets()
        .forEach((key, packets) ->
            page.put(
                Metric.DENIED_BY_PEER,
                packets,
                key.workload().namespace(),
                key.workload().name(),
                key.direction(),
                key.outcome().label(),
                key.peerKind(),
                key.peerNamespace(),
                key.peer()));
    page.put(Metric.PEER_OVERFLOW, denials.overflowed());
    page.put(Metric.PEER_REPLACED, denials.replaced());
  }

  private void events(EventTally events) {
    page.put(Metric.EVENTS, events.read());
    page.put(Metric.EVENTS_LOST, events.untold(), "agent");
    page.put(Metric.EVENTS_LOST, events.unsent(), "sink");
    page.put(Metric.EVENTS_LOST, events.missed(), "follower");
    page.put(Metric.FLOWS_SAMPLED, events.sampledOut());
  }

  private void state(Facts facts) {
    AgentView view = facts.view();
    page.put(Metric.ENFORCING, view.progress().enforcing() ? 1 : 0);
    page.put(Metric.LOCAL_PODS, view.seen().pods().size());
    page.put(Metric.INTERFACES, view.hooks().size());
    page.put(Metric.POLICIES, view.policies().policies().size());
    int unread = facts.staleness().map(s -> s.unread().size()).orElse(0);
    page.put(Metric.PROBLEMS, view.seen().problems().size() + unread);
    page.put(Metric.BROKEN_GLASS, view.breaks().all().size());
    page.put(Metric.TROUBLE, view.trouble().isPresent() ? 1 : 0);
    page.put(Metric.OTHER_ENFORCER, facts.others());
    page.put(Metric.DAMAGES, view.damages().size());
    page.put(Metric.CLUSTER_EVENTS, view.counts().events());
    page.put(Metric.PLANS, view.counts().plans());
    page.put(Metric.PLAN_STEPS, view.counts().steps());
    attempts(view.counts().attempts());
    for (Repair.Kind kind : Repair.Kind.values()) {
      page.put(Metric.REPAIRS, view.counts().repairs().getOrDefault(kind, 0L), lower(kind));
    }
    facts.staleness().ifPresent(s -> page.put(Metric.STALENESS, seconds(s.worst())));
    verified(facts.verified());
    page.put(Metric.LOOP_IDLE, seconds(facts.idle()));
    page.put(Metric.BUILD, 1, version);
    latency(view.counts().latencies());
  }

  private void verified(Verified verified) {
    Verified.Policies policies = verified.policies();
    page.put(Metric.VERIFY_RUNS, verified.runs());
    page.put(Metric.VERIFY_DIFFERENCES, verified.differences(), "agent");
    page.put(Metric.VERIFY_DIFFERENCES, policies.differences(), "policies");
    page.put(Metric.VERIFY_VERDICTS, policies.verdicts());
    page.put(Metric.VERIFY_AGE, seconds(verified.age()));
    page.put(Metric.VERIFY_PASS_AGE, seconds(policies.age()));
    page.put(Metric.VERIFY_BUSY, seconds(verified.busy()));
  }

  private void attempts(AgentView.Attempts attempts) {
    page.put(Metric.APPLY_FAILURES, attempts.failed(), "failed");
    page.put(Metric.APPLY_FAILURES, attempts.refused(), "refused");
    page.put(Metric.ATTACHES, attempts.attached());
    page.put(Metric.ATTACH_FAILURES, attempts.notAttached());
    page.put(Metric.REPAIR_FAILURES, attempts.notRepaired());
  }

  private void latency(Latencies.Summary latencies) {
    List<Latencies.Bucket> buckets = latencies.buckets();
    double[] bounds = new double[buckets.size() + 1];
    long[] counts = new long[buckets.size() + 1];
    long within = 0;
    for (int i = 0; i < buckets.size(); i++) {
      bounds[i] = seconds(buckets.get(i).bound());
      counts[i] = buckets.get(i).count();
      within += counts[i];
    }
    bounds[buckets.size()] = Double.POSITIVE_INFINITY;
    counts[buckets.size()] = latencies.count() - within;
    page.histogram(Metric.LATENCY, bounds, counts, seconds(latencies.sum()));
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  @Override
  public void close() {
    collections.close();
    meters.close();
  }
}
