package io.merlon.agent.workbench;

import io.merlon.agent.explain.Cell;
import io.merlon.agent.explain.End;
import io.merlon.agent.explain.Matrix;
import io.merlon.agent.explain.PortSpec;
import io.merlon.agent.lab.Trial;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A matrix for people: one table per port, a row per source, a column per destination. */
final class MatrixText {
  private static final int COLUMNS = 40;
  private static final boolean[] FAMILIES = {false, true};
  private static final String LEGEND =
      "+ allowed   e denied by the source's egress   i denied by the destination's ingress"
          + "   b by both   blank: no address of that family";
  private static final String WRONG = "! packets do not do what policies say";

  private final PrintWriter out;
  private final Paint paint;
  private final List<End> ends;
  private final Map<String, Integer> places = new HashMap<>();

  /** By port and family, the verdicts by source and destination. */
  private final Map<PortSpec, Map<Boolean, char[][]>> tables = new HashMap<>();

  private MatrixText(List<End> ends, PrintWriter out, Paint paint) {
    this.out = out;
    this.paint = paint;
    this.ends = List.copyOf(ends);
    for (int i = 0; i < ends.size(); i++) {
      places.put(ends.get(i).name(), i);
    }
  }

  static void print(Matrix matrix, PrintWriter out, Paint paint) {
    List<End> ends = new ArrayList<>(matrix.pods());
    ends.addAll(matrix.externals());
    var text = new MatrixText(ends, out, paint);
    matrix.forEach(cell -> text.note(cell, symbol(cell)));
    text.print(LEGEND, matrix.ports());
  }

  /** What packets did, in the same form. */
  static void print(Matrix matrix, List<Trial> trials, PrintWriter out, Paint paint) {
    var text = new MatrixText(matrix.pods(), out, paint);
    boolean wrong = trials.stream().anyMatch(trial -> !trial.asExpected());
    trials.forEach(trial -> text.note(trial.cell(), symbol(trial)));
    text.print(wrong ? LEGEND + "   " + WRONG : LEGEND, matrix.ports());
  }

  private void print(String legend, List<PortSpec> ports) {
    if (ends.isEmpty()) {
      out.println("no pods");
      return;
    }
    out.println(legend);
    ports.forEach(this::print);
  }

  private static char symbol(Trial trial) {
    return !trial.asExpected() ? '!' : trial.outcome().arrived() ? '+' : symbol(trial.cell());
  }

  private void note(Cell cell, char symbol) {
    char[][] table =
        tables
            .computeIfAbsent(cell.port(), _ -> new HashMap<>())
            .computeIfAbsent(cell.v6(), _ -> blank());
    table[place(cell.from())][place(cell.to())] = symbol;
  }

  private int place(End end) {
    return Objects.requireNonNull(places.get(end.name()), end.name());
  }

  private char[][] blank() {
    char[][] table = new char[ends.size()][ends.size()];
    for (char[] row : table) {
      Arrays.fill(row, ' ');
    }
    return table;
  }

  private static char symbol(Cell cell) {
    if (cell.allowed()) {
      return '+';
    }
    boolean egress = cell.answer().egress().allows();
    boolean ingress = cell.answer().ingress().allows();
    return egress ? 'i' : ingress ? 'e' : 'b';
  }

  private void print(PortSpec port) {
    Map<Boolean, char[][]> families = tables.getOrDefault(port, Map.of());
    char[][] v4 = families.get(false);
    char[][] v6 = families.get(true);
    if (v4 != null && v6 != null && Arrays.deepEquals(v4, v6)) {
      print(port + ", IPv4 and IPv6", v4);
      return;
    }
    for (boolean family : FAMILIES) {
      char[][] table = families.get(family);
      if (table != null) {
        print(port + (family ? ", IPv6" : ", IPv4"), table);
      }
    }
  }

  private void print(String title, char[][] table) {
    for (int first = 0; first < ends.size(); first += COLUMNS) {
      int last = Math.min(ends.size(), first + COLUMNS);
      out.println();
      out.println(paint.bold(title) + (first == 0 ? "" : " (continued)"));
      int width = ends.stream().mapToInt(end -> end.name().length()).max().orElse(0);
      int digits = Integer.toString(ends.size()).length();
      var head = new StringBuilder(" ".repeat(width + digits + 3));
      for (int to = first; to < last; to++) {
        head.append(String.format(" %" + digits + "d", to + 1));
      }
      out.println(head);
      for (int from = 0; from < ends.size(); from++) {
        out.println(row(table[from], from, first, last, width, digits));
      }
    }
  }

  private String row(char[] row, int from, int first, int last, int width, int digits) {
    String name = ends.get(from).name();
    var line = new StringBuilder();
    line.append(String.format(" %" + digits + "d ", from + 1)).append(name);
    line.append(" ".repeat(width - name.length() + 1));
    for (int to = first; to < last; to++) {
      line.append(" ".repeat(digits)).append(painted(row[to]));
    }
    return line.toString();
  }

  private String painted(char symbol) {
    return switch (symbol) {
      case '+' -> paint.good("+");
      case ' ' -> " ";
      default -> paint.bad(Character.toString(symbol));
    };
  }
}
