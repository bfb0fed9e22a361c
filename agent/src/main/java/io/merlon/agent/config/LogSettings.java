package io.merlon.agent.config;

/** How much is logged, and in which form. */
public record LogSettings(Level level, Format format) {
  /** From the fewest messages to the most. */
  public enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
  }

  /** The form of a message: a line to read, or a line of JSON. */
  public enum Format {
    TEXT,
    JSON
  }
}
