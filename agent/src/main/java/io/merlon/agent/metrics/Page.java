package io.merlon.agent.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The values of all metrics at one moment, being written. */
final class Page {
  private final Map<Metric, List<Value>> values = new EnumMap<>(Metric.class);
  private final List<MetricSnapshot> histograms = new ArrayList<>();

  private record Value(Labels labels, double value) {}

  /** Writes a value; labels in the metric's order. */
  void put(Metric metric, double value, String... labels) {
    Labels named =
        labels.length == 0
            ? Labels.EMPTY
            : Labels.of(metric.labels().toArray(String[]::new), labels);
    values.computeIfAbsent(metric, _ -> new ArrayList<>()).add(new Value(named, value));
  }

  void put(Metric metric, long value, String... labels) {
    put(metric, (double) value, labels);
  }

  void histogram(Metric metric, double[] bounds, long[] counts, double sum) {
    var point =
        new HistogramSnapshot.HistogramDataPointSnapshot(
            ClassicHistogramBuckets.of(bounds, counts), sum, Labels.EMPTY, Exemplars.EMPTY, 0);
    histograms.add(new HistogramSnapshot(metadata(metric), List.of(point)));
  }

  private static MetricMetadata metadata(Metric metric) {
    return new MetricMetadata(metric.base(), metric.help());
  }

  MetricSnapshots snapshots() {
    List<MetricSnapshot> all = new ArrayList<>(histograms);
    values.forEach((metric, points) -> all.add(snapshot(metric, points)));
    return new MetricSnapshots(all);
  }

  private static MetricSnapshot snapshot(Metric metric, List<Value> points) {
    return switch (metric.type()) {
      case COUNTER ->
          new CounterSnapshot(
              metadata(metric),
              points.stream()
                  .map(p ->
                      new CounterSnapshot.CounterDataPointSnapshot(p.value(), p.labels(), null, 0))
                  .toList());
      case GAUGE, HISTOGRAM ->
          new GaugeSnapshot(
              metadata(metric),
              points.stream()
                  .map(p -> new GaugeSnapshot.GaugeDataPointSnapshot(p.value(), p.labels(), null))
                  .toList());
    };
  }
}
