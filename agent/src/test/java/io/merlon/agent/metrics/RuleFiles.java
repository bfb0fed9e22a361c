package io.merlon.agent.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The rules of deploy/prometheus. */
record RuleFiles(List<Rule> recorded, List<Rule> alerts) {
  static final Path FOLDER = Path.of("../deploy/prometheus");

  /** One of them, of either kind. */
  record Rule(String name, String expression, Map<?, ?> labels, Map<?, ?> annotations) {}

  static RuleFiles read() throws IOException {
    List<Rule> recorded = new ArrayList<>();
    List<Rule> alerts = new ArrayList<>();
    for (Path file : files(FOLDER, ".yaml")) {
      for (Map<?, ?> group : items(load(file), "groups")) {
        for (Map<?, ?> rule : items(group, "rules")) {
          boolean isAlert = rule.containsKey("alert");
          (isAlert ? alerts : recorded)
              .add(
                  new Rule(
                      String.valueOf(rule.get(isAlert ? "alert" : "record")),
                      String.valueOf(rule.get("expr")),
                      object(rule, "labels"),
                      object(rule, "annotations")));
        }
      }
    }
    return new RuleFiles(recorded, alerts);
  }

  static List<Path> files(Path folder, String ending) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }

  /** JSON is YAML. */
  static Map<?, ?> load(Path file) throws IOException {
    Object loaded = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
    if (loaded instanceof Map<?, ?> map) {
      return map;
    }
    throw new IOException(file + " is no object");
  }

  static Map<?, ?> object(Map<?, ?> of, String field) {
    return of.get(field) instanceof Map<?, ?> map ? map : Map.of();
  }

  static List<Map<?, ?>> items(Map<?, ?> of, String field) {
    List<Map<?, ?>> items = new ArrayList<>();
    if (of.get(field) instanceof List<?> list) {
      for (Object item : list) {
        if (item instanceof Map<?, ?> map) {
          items.add(map);
        }
      }
    }
    return items;
  }
}
