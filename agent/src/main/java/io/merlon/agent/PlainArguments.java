package io.merlon.agent;

import io.merlon.agent.config.Option;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Arguments of the form {@code --name=value}, as programs write them for programs. */
final class PlainArguments {
  private PlainArguments() {}

  /** The values by option name; empty if any argument is not of that form, or given twice. */
  static Optional<Map<String, String>> of(List<String> args, List<Option<?>> options) {
    Map<String, String> given = new LinkedHashMap<>();
    for (String arg : args) {
      int equals = arg.indexOf('=');
      boolean plain = arg.startsWith("--") && equals > 2 && !arg.endsWith("=");
      String name = plain ? arg.substring(2, equals) : "";
      if (options.stream().noneMatch(option -> option.name().equals(name))
          || given.put(name, arg.substring(equals + 1)) != null) {
        return Optional.empty();
      }
    }
    return Optional.of(given);
  }
}
