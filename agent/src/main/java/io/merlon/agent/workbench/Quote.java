package io.merlon.agent.workbench;

import io.merlon.agent.watch.SourceMap.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** The lines of a manifest that say something, from where it begins. */
final class Quote {
  private static final int MOST = 12;

  private Quote() {}

  /** The line of a place and those that are indented deeper, as they stand in the file. */
  static List<String> of(Place place) {
    List<String> lines;
    try {
      lines = Files.readAllLines(place.file());
    } catch (IOException e) {
      return List.of(); // It could be read a moment ago; the place alone must do.
    }
    List<String> quote = new ArrayList<>();
    for (int i = place.line() - 1; i >= 0 && i < lines.size() && quote.size() < MOST; i++) {
      String line = lines.get(i);
      if (!quote.isEmpty() && indent(line) <= indent(quote.getFirst())) {
        break;
      }
      quote.add(line);
    }
    return quote;
  }

  private static int indent(String line) {
    return line.length() - line.stripLeading().length();
  }
}
