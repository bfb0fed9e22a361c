package io.merlon.agent.config;

import java.util.Locale;
import java.util.function.Function;

/**
 * One option, for every place it can be given in: {@code --name} on the command line, {@code
 * MERLON_NAME} in the environment, {@code name} in the configuration file.
 *
 * @param values what can be given, as a user reads it
 * @param byDefault what holds if nothing is given; "" where that means "nothing"
 * @param reader makes a value of what was written; its exception says what is wrong with that
 */
public record Option<T>(
    String name, String values, String byDefault, String description, Function<String, T> reader) {

  /** Whether it is an option that needs no value on the command line. */
  public boolean isSwitch() {
    return values.equals(Readers.SWITCH);
  }

  public String variable() {
    return "MERLON_" + name.replace('-', '_').toUpperCase(Locale.ROOT);
  }

  T read(Given given) {
    try {
      return reader.apply(given.text());
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(name + ": " + e.getMessage() + " (" + given.place() + ")");
    }
  }

  /** What was given, and in which place. */
  record Given(String text, String place) {}
}
