package io.merlon.agent.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The configuration file: YAML, a mapping from options to their values. A list is written as such
 * or with commas.
 */
record ConfigFile(String place, Map<String, String> values) {
  static final ConfigFile NONE = new ConfigFile("", Map.of());

  static ConfigFile read(Path path) {
    Object content;
    try {
      content = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(path));
    } catch (IOException e) {
      throw new ConfigurationException("config: cannot read " + path + ": " + e);
    } catch (MarkedYamlEngineException e) {
      String line = e.getProblemMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
      throw new ConfigurationException("config: " + path + line + ": " + e.getProblem());
    } catch (YamlEngineException e) {
      throw new ConfigurationException("config: " + path + ": " + firstLine(e));
    }
    return new ConfigFile(path.toString(), values(path, content));
  }

  private static String firstLine(RuntimeException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("not YAML");
  }

  private static Map<String, String> values(Path path, @Nullable Object content) {
    Map<String, String> values = new LinkedHashMap<>();
    if (content == null) {
      return values;
    }
    if (!(content instanceof Map<?, ?> mapping)) {
      throw new ConfigurationException("config: " + path + ": not a mapping of options to values");
    }
    mapping.forEach((key, value) -> {
      String name = String.valueOf(key);
      if (!Options.FILE.contains(name)) {
        throw new ConfigurationException("config: " + path + ": unknown option \"" + name + "\"");
      }
      values.put(name, text(path, name, value));
    });
    return values;
  }

  private static String text(Path path, String name, @Nullable Object value) {
    return switch (value) {
      case String text -> text;
      case Number number -> number.toString();
      case Boolean truth -> truth.toString();
      case Collection<?> list ->
          list.stream().map(item -> text(path, name, item)).collect(Collectors.joining(","));
      case null, default ->
          throw new ConfigurationException("config: " + path + ": " + name + " has no plain value");
    };
  }
}
