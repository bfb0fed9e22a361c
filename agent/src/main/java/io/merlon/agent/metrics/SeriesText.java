package io.merlon.agent.metrics;

import io.merlon.agent.observe.Series;
import io.merlon.datapath.Counter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * Packets and bytes by series, as text. They are nearly all of a page, thousands of lines: what
 * writes any metric takes four times as long for them.
 */
final class SeriesText {
  private static final List<String> NAMES = Metric.PACKETS.labels();

  /** Labels are written in the order of their names. */
  private static final int[] ORDER =
      IntStream.range(0, NAMES.size())
          .boxed()
          .sorted(Comparator.comparing(NAMES::get))
          .mapToInt(Integer::intValue)
          .toArray();

  private final List<String> labels = new ArrayList<>();
  private final List<Counter> counters = new ArrayList<>();
  private final StringBuilder out = new StringBuilder();

  private SeriesText(Map<Series, Counter> series) {
    series.forEach((names, counter) -> {
      labels.add(labels(names));
      counters.add(counter);
    });
  }

  /**
   * All of them; nothing, if there are none.
   *
   * @param openMetrics how it is spelled
   */
  static String of(Map<Series, Counter> series, boolean openMetrics) {
    if (series.isEmpty()) {
      return "";
    }
    SeriesText text = new SeriesText(series);
    text.write(Metric.PACKETS, openMetrics, Counter::packets);
    text.write(Metric.BYTES, openMetrics, Counter::bytes);
    return text.out.toString();
  }

  private void write(Metric metric, boolean openMetrics, ToLongFunction<Counter> value) {
    String family = openMetrics ? metric.base() : metric.queried();
    out.append("# HELP ").append(family).append(' ').append(metric.help());
    out.append("\n# TYPE ").append(family).append(" counter\n");
    for (int i = 0; i < labels.size(); i++) {
      out.append(metric.queried()).append(labels.get(i));
      out.append(value.applyAsLong(counters.get(i))).append(".0\n");
    }
  }

  private static String labels(Series series) {
    String[] values = {
      series.workload().namespace(),
      series.workload().kind(),
      series.workload().name(),
      series.direction(),
      series.outcome().label(),
      series.reason(),
      series.policy(),
      series.rule()
    };
    StringBuilder text = new StringBuilder(256);
    for (int i : ORDER) {
      text.append(text.isEmpty() ? '{' : ',').append(NAMES.get(i)).append("=\"");
      escape(values[i], text);
      text.append('"');
    }
    return text.append("} ").toString();
  }

  private static void escape(String value, StringBuilder text) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> text.append("\\\\");
        case '"' -> text.append("\\\"");
        case '\n' -> text.append("\\n");
        default -> text.append(c);
      }
    }
  }
}
