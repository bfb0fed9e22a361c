package io.merlon.agent.verify;

import io.merlon.agent.compile.PeerClass;
import io.merlon.agent.compile.Row;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.Protocol;
import io.merlon.agent.program.KernelContent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The kernel's content, sorted and put together as dumps show it. */
final class Dumped {
  private static final int LAST = 65_535;

  private Dumped() {}

  /** Ports of a protocol that are decided alike, by the decision of that number. */
  record Run(Protocol protocol, int first, int last, boolean allows, long decision) {}

  /** Who is in each class. */
  static Map<Integer, SortedSet<String>> members(KernelContent content) {
    Map<Integer, SortedSet<String>> members = new TreeMap<>();
    content
        .addresses()
        .prefixes()
        .forEach((cidr, number) ->
            members.computeIfAbsent(number, _ -> new TreeSet<>()).add(cidr.toString()));
    content
        .addresses()
        .exact()
        .forEach((address, number) ->
            members.computeIfAbsent(number, _ -> new TreeSet<>()).add(address.toString()));
    return members;
  }

  static String className(int number) {
    return switch (number) {
      case PeerClass.ANY -> "any";
      case PeerClass.OWN_NODE -> "node";
      default -> Integer.toString(number);
    };
  }

  /** The different rows of a table, each with the classes that have it. */
  static Map<Row, List<String>> rows(VerdictTable table, Direction direction) {
    Map<Row, List<String>> rows = new LinkedHashMap<>();
    for (int number = 0; number < table.rowCount(); number++) {
      if (number != PeerClass.OWN_NODE) {
        rows.computeIfAbsent(table.row(number, direction), _ -> new ArrayList<>())
            .add(className(number));
      }
    }
    return rows;
  }

  static List<Run> runs(Row row) {
    List<Run> runs = new ArrayList<>();
    for (Protocol protocol : Protocol.values()) {
      List<Row.Interval> intervals = row.intervals(protocol);
      for (int i = 0; i < intervals.size(); i++) {
        int end = i + 1 < intervals.size() ? intervals.get(i + 1).start() - 1 : LAST;
        var decision = intervals.get(i).decision();
        runs.add(
            new Run(protocol, intervals.get(i).start(), end, decision.allows(), decision.cookie()));
      }
    }
    return runs;
  }

  static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
