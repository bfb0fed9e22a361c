package io.merlon.datapath.harness;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One peer class's verdicts. Every direction and group has at least the interval from port 0. */
public record ClassRow(Map<Cell, List<PortVerdict>> cells) {

  /** What a list of intervals is for. */
  public record Cell(Direction direction, ProtocolGroup group) {}

  public ClassRow {
    cells = Map.copyOf(cells);
    for (Direction direction : Direction.values()) {
      for (ProtocolGroup group : ProtocolGroup.values()) {
        List<PortVerdict> intervals = cells.get(new Cell(direction, group));
        if (intervals == null || intervals.isEmpty() || intervals.getFirst().start() != 0) {
          throw new IllegalArgumentException("no verdict from port 0 for " + direction + group);
        }
      }
    }
  }

  public List<PortVerdict> intervals(Direction direction, ProtocolGroup group) {
    List<PortVerdict> intervals = cells.get(new Cell(direction, group));
    if (intervals == null) {
      throw new IllegalStateException("incomplete row");
    }
    return intervals;
  }

  /** Short enough for a story: equal cells are named together. */
  @Override
  public String toString() {
    Map<List<PortVerdict>, List<String>> alike =
        new TreeMap<>(Comparator.comparing(List::toString));
    for (Direction direction : Direction.values()) {
      for (ProtocolGroup group : ProtocolGroup.values()) {
        alike
            .computeIfAbsent(intervals(direction, group), same -> new ArrayList<>())
            .add(direction + "-" + group);
      }
    }
    return alike.toString();
  }
}
