package io.merlon.agent.program;

import io.merlon.agent.compile.DecidedBy;
import io.merlon.agent.compile.Decision;
import io.merlon.agent.compile.Row;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.Protocol;
import io.merlon.datapath.DropReason;
import io.merlon.datapath.TableImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A verdict table as the kernel's words, with the decisions its intervals name by their place in
 * the list.
 */
final class EncodedTable {
  private final long[] words;
  private final List<Decision> decisions;

  private EncodedTable(long[] words, List<Decision> decisions) {
    this.words = words;
    this.decisions = decisions;
  }

  static EncodedTable of(VerdictTable table) {
    return of(table, List.of());
  }

  /**
   * Encodes a table whose decisions keep the places they have in a list that is there already;
   * further ones follow.
   */
  static EncodedTable of(VerdictTable table, List<Decision> known) {
    Map<Decision, Integer> places = new LinkedHashMap<>();
    known.forEach(decision -> places.put(decision, places.size()));
    List<TableImage.Row> ingress = rows(table, Direction.INGRESS, places);
    List<TableImage.Row> egress = rows(table, Direction.EGRESS, places);
    long[] words = TableImage.encode(ingress, egress, places.size());
    return new EncodedTable(words, List.copyOf(places.keySet()));
  }

  /** Borrowed: not to be written to. */
  long[] words() {
    return words;
  }

  List<Decision> decisions() {
    return decisions;
  }

  private static List<TableImage.Row> rows(
      VerdictTable table, Direction direction, Map<Decision, Integer> places) {
    Map<Row, TableImage.Row> images = new LinkedHashMap<>();
    List<TableImage.Row> rows = new ArrayList<>();
    for (int peerClass = 0; peerClass < table.rowCount(); peerClass++) {
      Row row = table.row(peerClass, direction);
      rows.add(images.computeIfAbsent(row, r -> image(r, places)));
    }
    return rows;
  }

  private static TableImage.Row image(Row row, Map<Decision, Integer> places) {
    return new TableImage.Row(
        intervals(row, Protocol.TCP, places),
        intervals(row, Protocol.UDP, places),
        intervals(row, Protocol.SCTP, places),
        intervals(row, Protocol.OTHER, places));
  }

  private static List<TableImage.Interval> intervals(
      Row row, Protocol protocol, Map<Decision, Integer> places) {
    return row.intervals(protocol).stream()
        .map(interval -> {
          Decision decision = interval.decision();
          int place = places.computeIfAbsent(decision, d -> places.size());
          return new TableImage.Interval(
              interval.start(), decision.allows(), reason(decision), place);
        })
        .toList();
  }

  /** What a denial is told with, if not as policy's. */
  private static int reason(Decision decision) {
    return decision.by() instanceof DecidedBy.Guard ? DropReason.METADATA_GUARD.code() : 0;
  }
}
