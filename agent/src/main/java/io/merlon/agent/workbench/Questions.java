package io.merlon.agent.workbench;

import io.merlon.agent.explain.Cell;
import io.merlon.agent.explain.PortSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which connections to ask about: a line {@code NS/POD NS/POD PORT/PROTOCOL} each, or all. */
final class Questions {
  static final Questions ALL = new Questions(null);

  private final @Nullable Set<Line> lines;

  private Questions(@Nullable Set<Line> lines) {
    this.lines = lines;
  }

  private record Line(String from, String to, PortSpec port) {}

  /** A file of questions makes no sense. */
  static final class UnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnreadableException(String message) {
      super(message);
    }
  }

  static Questions read(Path file) {
    List<String> written;
    try {
      written = Files.readAllLines(file);
    } catch (IOException e) {
      throw new UnreadableException(file + ": cannot be read: " + e);
    }
    Set<Line> lines = new HashSet<>();
    for (int i = 0; i < written.size(); i++) {
      String line = written.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        lines.add(line(line, file + ":" + (i + 1)));
      }
    }
    return new Questions(lines);
  }

  private static Line line(String line, String place) {
    String[] words = line.split("\\s+", -1);
    PortSpec port = words.length == 3 ? PortSpec.parse(words[2]) : null;
    if (port == null) {
      throw new UnreadableException(
          place + ": write 'NAMESPACE/POD NAMESPACE/POD PORT/PROTOCOL', not: " + line);
    }
    return new Line(words[0], words[1], port);
  }

  /** Ports beside those that pods declare. */
  Set<PortSpec> ports() {
    return lines == null ? Set.of() : lines.stream().map(Line::port).collect(Collectors.toSet());
  }

  boolean ask(Cell cell) {
    return lines == null
        || lines.contains(new Line(cell.from().name(), cell.to().name(), cell.port()));
  }
}
