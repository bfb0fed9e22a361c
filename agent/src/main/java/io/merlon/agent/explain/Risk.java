package io.merlon.agent.explain;

/** What can be questionable about policies that are valid. */
public enum Risk {
  SELECTS_NOTHING("selects-nothing", Level.WARNING, "A policy that applies to no pod."),
  MATCHES_NOBODY("matches-nobody", Level.WARNING, "A peer that is nobody."),
  UNDECLARED_PORT("undeclared-port", Level.WARNING, "A named port that no pod it is for declares."),
  EXCEPT_OUTSIDE(
      "except-outside",
      Level.WARNING,
      "An exception from a block that it is no part of; the API server refuses it."),
  NEVER_DECIDES(
      "never-decides", Level.WARNING, "A rule that is shadowed by others, or says what they say."),
  OPEN_TO_WORLD("open-to-world", Level.WARNING, "A rule that lets any address in."),
  NO_DEFAULT_DENY(
      "no-default-deny",
      Level.NOTE,
      "A namespace whose pods are open until a policy selects them."),
  DEFAULT_SERVICE_ACCOUNT(
      "default-service-account", Level.NOTE, "A pod that shares its identity with its namespace.");

  /** How bad it is. */
  public enum Level {
    WARNING,
    NOTE
  }

  private final String id;
  private final Level level;
  private final String text;

  Risk(String id, Level level, String text) {
    this.id = id;
    this.level = level;
    this.text = text;
  }

  /** Its name in reports and suppressions; it never changes. */
  public String id() {
    return id;
  }

  public Level level() {
    return level;
  }

  public String text() {
    return text;
  }
}
