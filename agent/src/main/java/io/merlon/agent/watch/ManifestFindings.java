package io.merlon.agent.watch;

import io.merlon.agent.watch.ManifestProblem.Severity;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Turns what is wrong with one object into problems, and knows whether it can still be used. */
final class ManifestFindings implements Findings {
  private final Path file;
  private final String object;
  private final List<ManifestProblem> problems;
  private boolean refused;

  ManifestFindings(Path file, String object, List<ManifestProblem> problems) {
    this.file = file;
    this.object = object;
    this.problems = problems;
  }

  boolean refused() {
    return refused;
  }

  @Override
  public void wrongType(Written value, String expected) {
    refuse(value, "expected " + expected + ", found " + found(value));
  }

  @Override
  public void missing(Written value, String field) {
    refuse(value, "required field " + field + " is missing");
  }

  @Override
  public void unknownField(Written value) {
    add(value, "unknown field", Severity.WARNING);
  }

  @Override
  public void odd(Written value, String reason) {
    add(value, reason, Severity.WARNING);
  }

  void refuse(Written value, String reason) {
    refused = true;
    add(value, reason, Severity.ERROR);
  }

  private void add(Written value, String reason, Severity severity) {
    problems.add(new ManifestProblem(file, value.line(), object, value.path(), reason, severity));
  }

  private static String found(Written value) {
    return switch (value.shape()) {
      case OBJECT -> "an object";
      case LIST -> "a list";
      case NULL -> "nothing";
      case STRING, NUMBER, BOOLEAN ->
          "the " + value.shape().name().toLowerCase(Locale.ROOT) + " " + value.text();
    };
  }
}
