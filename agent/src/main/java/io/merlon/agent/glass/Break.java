package io.merlon.agent.glass;

import io.merlon.agent.api.Annotations;
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
   * @param setter as {@link Annotations#BREAK_GLASS_SET_BY} tells, "" if nobody does
   * @param now when it was set at the latest
   * @throws IllegalArgumentException if it says something else, or lasts too long
   */
  static Break annotated(Scope scope, String value, String setter, Instant now) {
    String[] words = value.strip().split("\\s+", 2);
    int at = setter.lastIndexOf(Annotations.SET_AT);
    String who = at < 0 ? setter : setter.substring(0, at);
    Instant set = at < 0 ? now : instant(setter.substring(at + Annotations.SET_AT.length()));
    Break broken =
        new Break(
            scope,
            instant(words[0]),
            who.isEmpty() ? "annotation" : "annotation by " + who,
            words.length == 2 ? words[1] : "");
    if (broken.until().isAfter((set.isBefore(now) ? set : now).plus(LONGEST))) {
      throw new IllegalArgumentException("it may last for " + LONGEST.toHours() + " hours");
    }
    return broken;
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
