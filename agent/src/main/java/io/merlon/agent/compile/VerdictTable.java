package io.merlon.agent.compile;

import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.Protocol;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything one subject may do: for each direction a row per peer class. A class without a row of
 * its own, in particular every class that is too new to be known here, has the row of {@link
 * PeerClass#ANY}. Equal rows are one object. {@link PeerClass#OWN_NODE} needs no row.
 */
public final class VerdictTable {
  private final Row[] ingress;
  private final Row[] egress;
  private final int hash;

  private VerdictTable(Row[] ingress, Row[] egress) {
    this.ingress = ingress;
    this.egress = egress;
    this.hash = Arrays.hashCode(ingress) * 31 + Arrays.hashCode(egress);
  }

  /** The table in which one row holds for every class and direction. */
  public static VerdictTable of(Row row) {
    return new VerdictTable(new Row[] {row}, new Row[] {row});
  }

  /** Makes a table of rows by class; both maps must have a row for {@link PeerClass#ANY}. */
  public static VerdictTable of(Map<Integer, Row> ingress, Map<Integer, Row> egress) {
    Map<Row, Row> shared = new HashMap<>();
    return new VerdictTable(rows(ingress, shared), rows(egress, shared));
  }

  /** This table, but with rows of another one: of the class a number stands for. */
  public VerdictTable withRows(VerdictTable other, Map<Integer, Integer> classes) {
    return classes.isEmpty()
        ? this
        : new VerdictTable(
            rowsWith(other, classes, Direction.INGRESS),
            rowsWith(other, classes, Direction.EGRESS));
  }

  private Row[] rowsWith(VerdictTable other, Map<Integer, Integer> classes, Direction direction) {
    Map<Integer, Row> rows = new HashMap<>();
    Row[] own = rows(direction);
    for (int number = 0; number < own.length; number++) {
      rows.put(number, own[number]);
    }
    classes.forEach((number, from) -> rows.put(number, other.row(from, direction)));
    return rows(rows, new HashMap<>());
  }

  /** Takes rows by class; equal rows must be one object already. */
  static VerdictTable of(Row[] ingress, Row[] egress) {
    return new VerdictTable(trimmed(ingress), trimmed(egress));
  }

  private static Row[] trimmed(Row[] rows) {
    int length = rows.length;
    while (length > 1 && rows[length - 1].equals(rows[PeerClass.ANY])) {
      length--;
    }
    return Arrays.copyOf(rows, length);
  }

  private static Row[] rows(Map<Integer, Row> byClass, Map<Row, Row> shared) {
    Row any = byClass.get(PeerClass.ANY);
    if (any == null) {
      throw new IllegalArgumentException("no row for the any-class");
    }
    int length = 1;
    for (Map.Entry<Integer, Row> row : byClass.entrySet()) {
      if (!row.getValue().equals(any)) {
        length = Math.max(length, row.getKey() + 1);
      }
    }
    Row[] rows = new Row[length];
    Arrays.fill(rows, shared.computeIfAbsent(any, row -> row));
    for (Map.Entry<Integer, Row> row : byClass.entrySet()) {
      if (row.getKey() < length) {
        rows[row.getKey()] = shared.computeIfAbsent(row.getValue(), own -> own);
      }
    }
    return rows;
  }

  public Decision decide(int peerClass, Direction direction, Protocol protocol, int port) {
    return peerClass == PeerClass.OWN_NODE
        ? Decision.OWN_NODE
        : row(peerClass, direction).decide(protocol, port);
  }

  public Row row(int peerClass, Direction direction) {
    Row[] rows = rows(direction);
    return peerClass < rows.length ? rows[peerClass] : rows[PeerClass.ANY];
  }

  /** Classes from this number on have the row of the any-class, in both directions. */
  public int rowCount() {
    return Math.max(ingress.length, egress.length);
  }

  /** The rows that differ from each other, of both directions, in a fixed order. */
  public Set<Row> distinctRows() {
    Set<Row> rows = new LinkedHashSet<>(List.of(ingress));
    rows.addAll(List.of(egress));
    return rows;
  }

  /** The rows by class, free to be written to. */
  Row[] copyRows(Direction direction) {
    return rows(direction).clone();
  }

  private Row[] rows(Direction direction) {
    return switch (direction) {
      case INGRESS -> ingress;
      case EGRESS -> egress;
    };
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof VerdictTable table
            && hash == table.hash
            && Arrays.equals(ingress, table.ingress)
            && Arrays.equals(egress, table.egress));
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
