package io.merlon.agent.workbench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Findings somebody has decided to live with, each with the reason why. A line is {@code rule
 * object: reason}, as in {@code open-to-world NetworkPolicy web/site: it is the public site}.
 */
final class Suppressions {
  private static final Pattern LINE = Pattern.compile("(\\S+)\\s+(\\S+ [^:\\s]+):\\s*(\\S.*)");

  private final List<Entry> entries = new ArrayList<>();

  private record Entry(Path file, int line, String rule, String object) {}

  /** A file of suppressions makes no sense. */
  static final class UnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnreadableException(String message) {
      super(message);
    }
  }

  static Suppressions none() {
    return new Suppressions();
  }

  static Suppressions read(Path file) {
    var suppressions = new Suppressions();
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new UnreadableException(file + ": cannot be read: " + e);
    }
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        throw new UnreadableException(
            file + ":" + (i + 1) + ": write 'RULE KIND NAMESPACE/NAME: REASON', not: " + line);
      }
      suppressions.entries.add(new Entry(file, i + 1, matcher.group(1), matcher.group(2)));
    }
    return suppressions;
  }

  boolean suppress(Finding finding) {
    return entries.stream()
        .anyMatch(entry ->
            entry.rule().equals(finding.rule())
                && entry.object().equals(finding.problem().object()));
  }

  /** What suppresses nothing any more, so that it does not hide what comes later. */
  List<String> idle(List<Finding> findings) {
    return entries.stream()
        .filter(entry ->
            findings.stream()
                .noneMatch(finding ->
                    entry.rule().equals(finding.rule())
                        && entry.object().equals(finding.problem().object())))
        .map(entry -> entry.file() + ":" + entry.line() + ": suppresses nothing")
        .toList();
  }
}
