package io.merlon.agent.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.WantedProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the dashboards of deploy/grafana to the metrics, and their queries to PromQL. */
class DashboardsTest {
  private static final Path FOLDER = Path.of("../deploy/grafana");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(\\w+)}?");
  private static final Pattern LEGEND = Pattern.compile("\\{\\{(\\w+)}}");
  private static final Pattern VALUES = Pattern.compile("label_values\\((.*), (\\w+)\\)");
  private static final int COLUMNS = 24;

  /** A query of a panel. */
  private record Target(String panel, String expression, String legend) {}

  private static Map<?, ?> dashboard(String name) throws IOException {
    return RuleFiles.load(FOLDER.resolve(name + ".json"));
  }

  private static List<Target> targets(Map<?, ?> dashboard) {
    List<Target> targets = new ArrayList<>();
    for (Map<?, ?> panel : RuleFiles.items(dashboard, "panels")) {
      for (Map<?, ?> target : RuleFiles.items(panel, "targets")) {
        targets.add(
            new Target(
                String.valueOf(panel.get("title")),
                String.valueOf(target.get("expr")),
                String.valueOf(target.get("legendFormat"))));
      }
    }
    return targets;
  }

  private static List<Map<?, ?>> variables(Map<?, ?> dashboard) {
    return RuleFiles.items(RuleFiles.object(dashboard, "templating"), "list");
  }

  @ParameterizedTest
  @ValueSource(strings = {"security", "operations"})
  void namesOnlyMetricsAndLabelsThatAreThere(String name) throws IOException {
    KnownSeries known = KnownSeries.read();
    List<String> missing = new ArrayList<>();
    for (Target target : targets(dashboard(name))) {
      missing.addAll(known.missing(target.expression()));
      Set<String> labels = known.resulting(target.expression());
      LEGEND
          .matcher(target.legend())
          .results()
          .map(found -> found.group(1))
          .filter(label -> !labels.contains(label))
          .forEach(label -> missing.add("no label " + label + " in " + target));
    }
    for (Map<?, ?> variable : variables(dashboard(name))) {
      var values = VALUES.matcher(String.valueOf(variable.get("definition")));
      if (values.matches()) {
        missing.addAll(known.missing(values.group(1)));
        if (!known.resulting(values.group(1)).contains(values.group(2))) {
          missing.add("no label " + values.group(2) + " in " + values.group(1));
        }
      }
    }
    assertEquals(List.of(), missing);
  }

  @ParameterizedTest
  @ValueSource(strings = {"security", "operations"})
  void asksPrometheusOnlyWhatItUnderstands(String name, @TempDir Path folder) throws IOException {
    Path promtool = WantedProgram.promtool();
    StringBuilder rules = new StringBuilder("groups: [{name: queries, rules: [\n");
    int number = 0;
    for (Target target : targets(dashboard(name))) {
      String expression =
          target
              .expression()
              .replace("$__rate_interval", "5m")
              .replace("$__range", "6h")
              .replaceAll(VARIABLE.pattern(), ".*");
      rules.append("{record: 'query:").append(number++).append("', expr: '");
      rules.append(expression.replace("'", "''")).append("'},\n");
    }
    Path file = Files.writeString(folder.resolve("queries.yaml"), rules.append("]}]\n"));
    WantedProgram.Run checked =
        WantedProgram.run(promtool.toString(), "check", "rules", file.toString());
    assertEquals(0, checked.exit(), checked.said());
    assertTrue(checked.said().contains(number + " rules found"), checked.said());
  }

  @ParameterizedTest
  @ValueSource(strings = {"security", "operations"})
  void isFoundAgainAndAsksTheChosenPrometheusOnly(String name) throws IOException {
    Map<?, ?> dashboard = dashboard(name);
    assertEquals("merlon-" + name, dashboard.get("uid"));
    assertFalse(dashboard.containsKey("id"), "an id is of one Grafana's alone");
    Set<String> declared =
        variables(dashboard).stream()
            .map(variable -> String.valueOf(variable.get("name")))
            .collect(Collectors.toSet());
    assertTrue(declared.contains("datasource"));
    declared.addAll(Set.of("__rate_interval", "__range", "__all"));
    VARIABLE
        .matcher(Files.readString(FOLDER.resolve(name + ".json")))
        .results()
        .forEach(used -> assertTrue(declared.contains(used.group(1)), used::group));
    for (Map<?, ?> panel : RuleFiles.items(dashboard, "panels")) {
      for (Map<?, ?> target : RuleFiles.items(panel, "targets")) {
        assertEquals("${datasource}", RuleFiles.object(target, "datasource").get("uid"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"security", "operations"})
  void panelsHaveNumbersAndPlacesOfTheirOwn(String name) throws IOException {
    Set<Object> numbers = new HashSet<>();
    Set<String> places = new HashSet<>();
    for (Map<?, ?> panel : RuleFiles.items(dashboard(name), "panels")) {
      String title = String.valueOf(panel.get("title"));
      assertFalse(title.isBlank());
      assertTrue(numbers.add(String.valueOf(panel.get("id"))), title);
      Map<?, ?> at = RuleFiles.object(panel, "gridPos");
      int right = number(at, "x") + number(at, "w");
      assertTrue(right <= COLUMNS, title);
      for (int x = number(at, "x"); x < right; x++) {
        for (int y = number(at, "y"); y < number(at, "y") + number(at, "h"); y++) {
          assertTrue(places.add(x + " " + y), title);
        }
      }
    }
  }

  @Test
  void everyRecordedSeriesIsOfUse() throws IOException {
    RuleFiles rules = RuleFiles.read();
    Set<String> used = new HashSet<>();
    for (String name : List.of("security", "operations")) {
      targets(dashboard(name))
          .forEach(target -> used.addAll(PromQuery.of(target.expression()).metrics().keySet()));
    }
    rules
        .alerts()
        .forEach(alert -> used.addAll(PromQuery.of(alert.expression()).metrics().keySet()));
    for (RuleFiles.Rule rule : rules.recorded()) {
      assertTrue(used.contains(rule.name()), rule.name());
    }
  }

  private static int number(Map<?, ?> object, String field) {
    return Integer.parseInt(String.valueOf(object.get(field)));
  }
}
