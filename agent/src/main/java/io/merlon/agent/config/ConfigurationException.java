package io.merlon.agent.config;

/** The configuration cannot be meant as it is: one line that says what is wrong, and where. */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ConfigurationException(String message) {
    super(message);
  }
}
