package io.merlon.datapath.harness;

import io.merlon.datapath.harness.ClassRow.Cell;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A verdict table painted by hand: first everything one colour, then stretches of ports over it. A
 * row that is not painted is as its background.
 */
public final class TableSketch {
  private static final int PORTS = 65536;

  private final List<Map<Cell, NavigableMap<Integer, PortVerdict>>> rows = new ArrayList<>();

  private TableSketch(int classes, Map<Direction, PortVerdict> backgrounds) {
    for (int i = 0; i < classes; i++) {
      Map<Cell, NavigableMap<Integer, PortVerdict>> row = new HashMap<>();
      for (Direction direction : Direction.values()) {
        for (ProtocolGroup group : ProtocolGroup.values()) {
          NavigableMap<Integer, PortVerdict> ports = new TreeMap<>();
          PortVerdict background = backgrounds.get(direction);
          if (background == null) {
            throw new IllegalArgumentException("no background for " + direction);
          }
          ports.put(0, background);
          row.put(new Cell(direction, group), ports);
        }
      }
      rows.add(row);
    }
  }

  /** Classes from 0 on, all isolated in both directions: denied, counted to this decision. */
  public static TableSketch isolated(int classes, int decision) {
    return new TableSketch(classes, both(new PortVerdict(0, false, decision)));
  }

  /** Classes from 0 on, not isolated: allowed, counted to this decision. */
  public static TableSketch open(int classes, int decision) {
    return new TableSketch(classes, both(new PortVerdict(0, true, decision)));
  }

  private static Map<Direction, PortVerdict> both(PortVerdict verdict) {
    Map<Direction, PortVerdict> backgrounds = new EnumMap<>(Direction.class);
    backgrounds.put(Direction.EGRESS, verdict);
    backgrounds.put(Direction.INGRESS, verdict);
    return backgrounds;
  }

  /** Every protocol and port of a class and direction. */
  public TableSketch everything(int peerClass, Direction direction, boolean allow, int decision) {
    for (ProtocolGroup group : ProtocolGroup.values()) {
      cell(peerClass, direction, group).clear();
      cell(peerClass, direction, group).put(0, new PortVerdict(0, allow, decision));
    }
    return this;
  }

  public TableSketch allow(
      int peerClass, Direction direction, ProtocolGroup group, Ports ports, int decision) {
    return paint(cell(peerClass, direction, group), ports, new PortVerdict(0, true, decision));
  }

  public TableSketch deny(
      int peerClass, Direction direction, ProtocolGroup group, Ports ports, int decision) {
    return deny(peerClass, direction, group, ports, Code.POLICY, decision);
  }

  /** Denied for a reason of its own. */
  public TableSketch deny(
      int peerClass,
      Direction direction,
      ProtocolGroup group,
      Ports ports,
      Code reason,
      int decision) {
    return paint(
        cell(peerClass, direction, group), ports, new PortVerdict(0, false, reason, decision));
  }

  private NavigableMap<Integer, PortVerdict> cell(
      int row, Direction direction, ProtocolGroup group) {
    NavigableMap<Integer, PortVerdict> cell = rows.get(row).get(new Cell(direction, group));
    if (cell == null) {
      throw new IllegalStateException("incomplete row " + row);
    }
    return cell;
  }

  private TableSketch paint(
      NavigableMap<Integer, PortVerdict> cell, Ports ports, PortVerdict verdict) {
    int next = ports.last() + 1;
    PortVerdict under = cell.floorEntry(Math.min(next, PORTS - 1)).getValue();
    cell.subMap(ports.first(), next).clear();
    cell.put(ports.first(), verdict.from(ports.first()));
    if (next < PORTS) {
      cell.putIfAbsent(next, under.from(next));
    }
    return this;
  }

  public SubjectTable table() {
    List<ClassRow> finished = new ArrayList<>();
    for (Map<Cell, NavigableMap<Integer, PortVerdict>> row : rows) {
      Map<Cell, List<PortVerdict>> cells = new HashMap<>();
      row.forEach((cell, ports) -> cells.put(cell, List.copyOf(ports.values())));
      finished.add(new ClassRow(cells));
    }
    return new SubjectTable(finished);
  }

  /** An inclusive range. */
  public record Ports(int first, int last) {
    public static final Ports ALL = new Ports(0, PORTS - 1);

    public static Ports of(int port) {
      return new Ports(port, port);
    }

    public static Ports of(int first, int last) {
      return new Ports(first, last);
    }
  }
}
