package io.merlon.agent.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Pages of an agent that was scraped every half minute, as the series of a test for promtool. */
final class ScrapedSeries {
  private static final Pattern SAMPLE =
      Pattern.compile("(?m)^(merlon_(?:\\w+_total|loop_idle_seconds)(?:\\{.*})?) (\\S+)$");

  private final Map<String, List<String>> values = new TreeMap<>();
  private int pages;

  void add(String page) {
    SAMPLE
        .matcher(page)
        .results()
        .forEach(sample -> {
          List<String> before = values.computeIfAbsent(sample.group(1), _ -> new ArrayList<>());
          missing(before, pages);
          before.add(sample.group(2));
        });
    pages++;
  }

  private static void missing(List<String> values, int until) {
    while (values.size() < until) {
      values.add("_");
    }
  }

  /** That {@code MerlonLoopStuck} fires after a minute of being stuck, and no counter falls. */
  String promtoolTest() {
    StringBuilder text = new StringBuilder("rule_files: [");
    text.append(RuleFiles.FOLDER.resolve("operations.yaml").toAbsolutePath().normalize());
    text.append("]\ntests:\n- interval: 30s\n  input_series:\n");
    values.forEach((series, samples) -> {
      missing(samples, pages);
      text.append("  - {series: '").append(series).append("', values: '");
      text.append(String.join(" ", samples)).append("'}\n");
    });
    text.append(
        """
          alert_rule_test:
          - {eval_time: 1m, alertname: MerlonLoopStuck, exp_alerts: []}
          - eval_time: 3m
            alertname: MerlonLoopStuck
            exp_alerts:
            - exp_labels: {severity: critical}
              exp_annotations:
                summary: 'The agent of  runs and does nothing, or did for a while'
                description: Its loop did not come round for 1m 30s.
                runbook_url: docs/runbooks/MerlonLoopStuck.md
          promql_expr_test:
        """);
    for (String counter :
        List.of(
            "merlon_packets_total",
            "merlon_series_overflow_total",
            "merlon_events_lost_total{where=\"kernel\"}")) {
      text.append("  - {expr: 'sum(resets(").append(counter).append("[10m]))', eval_time: 4m, ");
      text.append("exp_samples: [{labels: '{}', value: 0}]}\n");
    }
    return text.toString();
  }
}
