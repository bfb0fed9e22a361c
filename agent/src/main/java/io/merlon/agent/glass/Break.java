package io.merlon.agent.glass;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/**
 * That the glass is broken.
 *
 * @param until when that ends by itself
 * @param by whom, as far as is known
 */
public record Break(Scope scope, Instant until, String by, String reason) {
  /** No longer than this: what lasts is a policy. */
  public static final Duration LONGEST = Duration.ofHours(24);

  /** Behind it stand who and why, which may hold any character but this one. */
  private static final String BETWEEN = "|";

  public Break {
    by = by.replace('|', ' ');
    if (reason.isBlank()) {
      throw new IllegalArgumentException("a reason must be given");
    }
  }

  boolean isOver(Instant now) {
    return !now.isBefore(until);
  }

  /** As one line, which {@link #parse} reads. */
  String line() {
    return String.join(BETWEEN, scope.toString(), until.toString(), by, reason);
  }

  static Break parse(String line) {
    String[] fields = line.split("\\|", 4);
    if (fields.length != 4) {
      throw new IllegalArgumentException("\"" + line + "\" says of no broken glass");
    }
    return new Break(Scope.parse(fields[0]), instant(fields[1]), fields[2], fields[3]);
  }

  /**
   * What an annotation says: the end, and the reason after a space.
   *
   * @throws IllegalArgumentException if it says something else
   */
  static Break annotated(Scope scope, String value) {
    String[] words = value.strip().split("\\s+", 2);
    return new Break(scope, instant(words[0]), "annotation", words.length == 2 ? words[1] : "");
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is no time such as 2026-01-31T12:00:00Z", e);
    }
  }
}
