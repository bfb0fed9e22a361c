package io.merlon.agent.serve;

import io.merlon.agent.loop.AgentView;
import io.merlon.agent.program.Repair;
import io.merlon.agent.watch.Staleness;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** The agent's own numbers in the text format of Prometheus. */
final class MetricsText {
  private final StringBuilder text = new StringBuilder();

  private MetricsText() {}

  static String of(AgentView view, Optional<Staleness> staleness) {
    MetricsText metrics = new MetricsText();
    metrics.write(view);
    staleness.ifPresent(s ->
        metrics.gauge(
            "merlon_cluster_staleness_seconds",
            "Time since the last contact about the kind that is worst off.",
            seconds(s.worst())));
    return metrics.text.toString();
  }

  private void write(AgentView view) {
    gauge(
        "merlon_enforcing",
        "Whether everything told has been brought to the kernel once.",
        view.progress().enforcing() ? 1 : 0);
    gauge("merlon_local_pods", "Pods of this node.", view.seen().pods().size());
    gauge("merlon_policies", "Policies told.", view.policies().policies().size());
    gauge("merlon_problems", "Pieces of objects that mean nothing.", view.seen().problems().size());
    gauge(
        "merlon_trouble",
        "Whether the kernel does not hold what was told last.",
        view.trouble().isPresent() ? 1 : 0);
    gauge(
        "merlon_damages",
        "Things of Merlon's in the kernel that somebody else changed and that stay so.",
        view.damages().size());
    counter("merlon_cluster_events_total", "Changes of the cluster.", view.counts().events());
    counter("merlon_plans_total", "Plans applied to the kernel.", view.counts().plans());
    counter("merlon_plan_steps_total", "Steps of these plans.", view.counts().steps());
    header("merlon_repairs_total", "Changes by others that were undone.", "counter");
    for (Repair.Kind kind : Repair.Kind.values()) {
      line(
          "merlon_repairs_total{kind=\"" + kind.name().toLowerCase(Locale.ROOT) + "\"}",
          (double) view.counts().repairs().getOrDefault(kind, 0L));
    }
    var latencies = view.counts().latencies();
    header(
        "merlon_enforce_latency_seconds", "From an event to having it in the kernel.", "summary");
    line("merlon_enforce_latency_seconds{quantile=\"0.5\"}", seconds(latencies.p50()));
    line("merlon_enforce_latency_seconds{quantile=\"0.99\"}", seconds(latencies.p99()));
    line("merlon_enforce_latency_seconds_count", (double) latencies.count());
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  private void gauge(String name, String help, double value) {
    header(name, help, "gauge");
    line(name, value);
  }

  private void counter(String name, String help, long value) {
    header(name, help, "counter");
    line(name, (double) value);
  }

  private void header(String name, String help, String type) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private void line(String series, double value) {
    text.append(series).append(' ').append(value).append('\n');
  }
}
