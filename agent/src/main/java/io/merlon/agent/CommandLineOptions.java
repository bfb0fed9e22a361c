package io.merlon.agent;

import io.merlon.agent.config.Option;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Puts declared options on the command line, and takes what was given there. */
final class CommandLineOptions {
  private CommandLineOptions() {}

  static void add(CommandSpec command, List<Option<?>> options) {
    options.forEach(option -> command.addOption(spec(option)));
  }

  private static OptionSpec spec(Option<?> option) {
    String byDefault = option.byDefault().isEmpty() ? "" : " Default: " + option.byDefault();
    OptionSpec.Builder builder =
        OptionSpec.builder("--" + option.name())
            .type(String.class)
            .paramLabel(option.values())
            .description((option.description() + byDefault).replace("%", "%%"));
    return option.isSwitch()
        ? builder.arity("0..1").fallbackValue("true").build()
        : builder.arity("1").build();
  }

  /** What was given, by option name. */
  static Map<String, String> given(ParseResult parsed) {
    Map<String, String> given = new LinkedHashMap<>();
    for (OptionSpec option : parsed.matchedOptions()) {
      if (option.getValue() instanceof String value) {
        given.put(option.longestName().substring(2), value);
      }
    }
    return given;
  }
}
