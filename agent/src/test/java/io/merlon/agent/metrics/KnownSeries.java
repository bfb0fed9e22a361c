package io.merlon.agent.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The series rules and dashboards may speak of: name -> labels. */
record KnownSeries(Map<String, Set<String>> labels) {
  /** What Prometheus gives to whatever it reads, as docs/monitoring.md has it configured. */
  static final Set<String> TARGET = Set.of("instance", "node", "job", "pod");

  /**
   * Not of Merlon's making: of Prometheus, kube-state-metrics, Micrometer's binders, the kubelet.
   */
  private static final Map<String, Set<String>> OTHERS =
      Map.of(
          "up", Set.of(),
          "kube_node_info", Set.of(),
          "kube_pod_info", Set.of("namespace", "created_by_kind", "created_by_name"),
          "kube_pod_status_ready", Set.of("namespace", "condition"),
          "ALERTS", Set.of("alertname", "alertstate", "namespace", "workload"),
          "process_start_time_seconds", Set.of(),
          "process_cpu_time_ns_total", Set.of(),
          "process_resident_memory_bytes", Set.of(),
          "jvm_memory_committed_bytes", Set.of("area", "id"),
          "container_memory_rss", Set.of("container"));

  private static final Pattern ROW =
      Pattern.compile("\\| `(merlon_\\w+)` \\| (\\w+) \\| ([^|]*) \\|.*");

  /** Those of docs/metrics.md, those recorded of them, and some others. */
  static KnownSeries read() throws IOException {
    Map<String, Set<String>> all = new TreeMap<>(OTHERS);
    for (String line : Files.readAllLines(Path.of("../docs/metrics.md"))) {
      var row = ROW.matcher(line);
      if (row.matches()) {
        Set<String> labels =
            Pattern.compile("`(\\w+)`")
                .matcher(row.group(3))
                .results()
                .map(label -> label.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        if (row.group(2).equals("histogram")) {
          all.put(row.group(1) + "_sum", Set.copyOf(labels));
          all.put(row.group(1) + "_count", Set.copyOf(labels));
          labels.add("le");
          all.put(row.group(1) + "_bucket", labels);
        } else {
          all.put(row.group(1), labels);
        }
      }
    }
    for (RuleFiles.Rule rule : RuleFiles.read().recorded()) {
      all.put(rule.name(), PromQuery.of(rule.expression()).grouped());
    }
    return new KnownSeries(all);
  }

  /** What an expression names that is not there. */
  List<String> missing(String expression) {
    List<String> missing = new ArrayList<>();
    PromQuery query = PromQuery.of(expression);
    Set<String> any = new TreeSet<>(TARGET);
    query
        .metrics()
        .forEach((metric, selected) -> {
          Set<String> known = labels.get(metric);
          if (known == null) {
            missing.add("no metric " + metric + " in " + expression);
          } else {
            any.addAll(known);
            selected.stream()
                .filter(label -> !known.contains(label) && !TARGET.contains(label))
                .forEach(label -> missing.add("no label " + label + " of " + metric));
          }
        });
    query.grouped().stream()
        .filter(label -> !any.contains(label))
        .forEach(label -> missing.add("no label " + label + " in " + expression));
    return missing;
  }

  /** The labels that may be in what an expression results in. */
  Set<String> resulting(String expression) {
    Set<String> result = new TreeSet<>(TARGET);
    PromQuery query = PromQuery.of(expression);
    query
        .metrics()
        .keySet()
        .forEach(metric -> result.addAll(labels.getOrDefault(metric, Set.of())));
    return result;
  }
}
