package io.merlon.agent.metrics;

import java.util.Locale;

/** All metrics as a table of Markdown, for the documentation. */
public final class MetricTable {
  private MetricTable() {}

  public static String text() {
    StringBuilder table =
        new StringBuilder("| metric | type | labels | what it says |\n|---|---|---|---|\n");
    for (Metric metric : Metric.values()) {
      table
          .append("| `")
          .append(metric.queried())
          .append("` | ")
          .append(metric.type().name().toLowerCase(Locale.ROOT))
          .append(" | ")
          .append(
              String.join(", ", metric.labels().stream().map(label -> "`" + label + "`").toList()))
          .append(" | ")
          .append(metric.help())
          .append(" |\n");
    }
    return table.toString();
  }
}
