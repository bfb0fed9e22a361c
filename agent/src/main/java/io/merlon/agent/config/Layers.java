package io.merlon.agent.config;

import io.merlon.agent.config.Option.Given;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The places options are given in, the first one that gives an option decides. */
public final class Layers {
  private final Map<String, String> commandLine;
  private final Map<String, String> environment;
  private final ConfigFile file;

  private Layers(
      Map<String, String> commandLine, Map<String, String> environment, ConfigFile file) {
    this.commandLine = Map.copyOf(commandLine);
    this.environment = Map.copyOf(environment);
    this.file = file;
  }

  /** Reads the configuration file, if the command line or the environment names one. */
  public static Layers of(Map<String, String> commandLine, Map<String, String> environment) {
    Optional<Path> path = new Layers(commandLine, environment, ConfigFile.NONE).get(Options.CONFIG);
    ConfigFile file = path.map(ConfigFile::read).orElse(ConfigFile.NONE);
    return new Layers(commandLine, environment, file);
  }

  public <T> T get(Option<T> option) {
    return option.read(given(option));
  }

  private Given given(Option<?> option) {
    String told = commandLine.get(option.name());
    if (told != null) {
      return new Given(told, "--" + option.name());
    }
    String set = environment.get(option.variable());
    if (set != null) {
      return new Given(set, option.variable());
    }
    String written = file.values().get(option.name());
    if (written != null) {
      return new Given(written, file.place());
    }
    return new Given(
        option.byDefault(), "not given: --" + option.name() + " or " + option.variable() + " does");
  }
}
