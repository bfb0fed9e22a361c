package io.merlon.agent.watch;

import java.nio.file.Path;
import java.util.Comparator;

/**
 * Something about a folder that its author should know.
 *
 * @param line the line of the file, 0 if the whole file is meant
 * @param object kind, namespace and name of the object it is about, "" if it has none
 * @param field the path of the field within the object, "" if the whole object is meant
 */
public record ManifestProblem(
    Path file, int line, String object, String field, String reason, Severity severity) {
  static final Comparator<ManifestProblem> ORDER =
      Comparator.comparing(ManifestProblem::file)
          .thenComparingInt(ManifestProblem::line)
          .thenComparing(ManifestProblem::field)
          .thenComparing(ManifestProblem::reason);

  /** How much a problem takes away from what the folder says. */
  public enum Severity {
    /** Something that stands in the folder was not taken, mostly as the API server would not. */
    ERROR("error"),
    /** Everything was taken, but perhaps not as it was meant. */
    WARNING("warning"),
    /** Something does not concern network policy. */
    NOTE("note");

    private final String word;

    Severity(String word) {
      this.word = word;
    }

    /** As it is printed. */
    public String word() {
      return word;
    }
  }

  /** One line as compilers print it: {@code file:line: severity: object: field: reason}. */
  @Override
  public String toString() {
    var text = new StringBuilder().append(file);
    if (line > 0) {
      text.append(':').append(line);
    }
    text.append(": ").append(severity.word);
    if (!object.isEmpty()) {
      text.append(": ").append(object);
    }
    if (!field.isEmpty()) {
      text.append(": ").append(field);
    }
    return text.append(": ").append(reason).toString();
  }
}
