package io.merlon.agent.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Holds the rules of deploy/prometheus to the metrics; whether they work, promtool tells: make
 * test-rules.
 */
class RulesTest {
  private static final Pattern LABEL = Pattern.compile("\\$labels\\.(\\w+)");
  private static final Pattern EMBEDDED =
      Pattern.compile("printf \"((?:[^\"\\\\]|\\\\.)*)\"[^}]*query");

  private static List<String> all(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(found -> found.group(1)).toList();
  }

  @Test
  void namesOnlyMetricsAndLabelsThatAreThere() throws IOException {
    KnownSeries known = KnownSeries.read();
    RuleFiles rules = RuleFiles.read();
    List<String> missing = new ArrayList<>();
    rules.recorded().forEach(rule -> missing.addAll(known.missing(rule.expression())));
    for (RuleFiles.Rule alert : rules.alerts()) {
      missing.addAll(known.missing(alert.expression()));
      String said = alert.annotations().toString();
      Set<String> labels = known.resulting(alert.expression());
      all(LABEL, said).stream()
          .filter(label -> !labels.contains(label))
          .forEach(label -> missing.add("no label " + label + " of " + alert.name()));
      for (String query : all(EMBEDDED, said)) {
        missing.addAll(known.missing(query.replace("\\\"", "\"").replace("%q", "\"\"")));
      }
    }
    assertEquals(List.of(), missing);
  }

  @Test
  void everyAlertSaysHowBadItIsAndWhatToDo() throws IOException {
    for (RuleFiles.Rule alert : RuleFiles.read().alerts()) {
      String severity = String.valueOf(alert.labels().get("severity"));
      assertTrue(Set.of("critical", "warning", "info").contains(severity), alert::name);
      assertFalse(String.valueOf(alert.annotations().get("summary")).isBlank(), alert::name);
      String runbook = "docs/runbooks/" + alert.name() + ".md";
      assertEquals(runbook, alert.annotations().get("runbook_url"));
      assertTrue(
          Files.readString(Path.of("..", runbook)).startsWith("# " + alert.name() + "\n"), runbook);
    }
  }

  @Test
  void everyRunbookIsOfAnAlertAndListed() throws IOException {
    Set<String> alerts =
        RuleFiles.read().alerts().stream()
            .map(RuleFiles.Rule::name)
            .collect(Collectors.toCollection(TreeSet::new));
    Path folder = Path.of("../docs/runbooks");
    Set<String> pages = new TreeSet<>();
    for (Path page : RuleFiles.files(folder, ".md")) {
      pages.add(String.valueOf(page.getFileName()).replace(".md", ""));
    }
    assertTrue(pages.remove("README"));
    assertEquals(alerts, pages);
    Set<String> listed =
        new TreeSet<>(
            all(
                Pattern.compile("\\((\\w+)\\.md\\)"),
                Files.readString(folder.resolve("README.md"))));
    assertEquals(alerts, listed);
  }

  @Test
  void everyAlertIsTriedFiringAndSilent() throws IOException {
    Set<String> firing = new TreeSet<>();
    Set<String> silent = new TreeSet<>();
    for (Path file : RuleFiles.files(RuleFiles.FOLDER.resolve("tests"), ".yaml")) {
      for (Map<?, ?> test : RuleFiles.items(RuleFiles.load(file), "tests")) {
        for (Map<?, ?> tried : RuleFiles.items(test, "alert_rule_test")) {
          boolean fires = !RuleFiles.items(tried, "exp_alerts").isEmpty();
          (fires ? firing : silent).add(String.valueOf(tried.get("alertname")));
        }
      }
    }
    Set<String> alerts =
        RuleFiles.read().alerts().stream()
            .map(RuleFiles.Rule::name)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(alerts, firing);
    assertEquals(alerts, silent);
  }

  @Test
  void theExampleReadsAgentsAsRulesExpectIt() throws IOException {
    Map<?, ?> example = RuleFiles.load(RuleFiles.FOLDER.resolve("example/prometheus.yaml"));
    Map<?, ?> job = RuleFiles.items(example, "scrape_configs").getFirst();
    assertEquals("merlon", job.get("job_name"));
    assertEquals(true, job.get("honor_labels"));
    assertTrue(
        RuleFiles.items(job, "relabel_configs").stream()
            .anyMatch(relabeling -> "node".equals(relabeling.get("target_label"))));
  }

  @Test
  void readsWhatAnExpressionNames() {
    PromQuery query =
        PromQuery.of(
            "sum by (a, b) (rate(x_total{c=\"d}\",e!~\"$f\"}[5m] offset 1h)) / on (a) y:z > 1e3 and"
                + " w");
    assertEquals(
        Map.of("x_total", Set.of("c", "e"), "y:z", Set.of(), "w", Set.of()), query.metrics());
    assertEquals(Set.of("a", "b"), query.grouped());
  }
}
