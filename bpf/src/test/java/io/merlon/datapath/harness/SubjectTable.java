package io.merlon.datapath.harness;

import java.util.List;

/** A subject's verdicts: one row per peer class, row 0 for class 0 and every class beyond. */
public record SubjectTable(List<ClassRow> rows) {
  public SubjectTable {
    rows = List.copyOf(rows);
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("table without the any-row");
    }
  }

  public ClassRow row(int peerClass) {
    return rows.get(peerClass < rows.size() ? peerClass : 0);
  }
}
