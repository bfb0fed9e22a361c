package io.merlon.datapath.kernel;

import io.merlon.datapath.harness.ClassRow;
import io.merlon.datapath.harness.Code;
import io.merlon.datapath.harness.Direction;
import io.merlon.datapath.harness.PortVerdict;
import io.merlon.datapath.harness.ProtocolGroup;
import io.merlon.datapath.harness.SubjectTable;
import java.util.ArrayList;
import java.util.List;

/** A verdict table as the 64-bit words the programs read. */
final class TableImage {
  private static final long MAGIC = 0x4d45524cL;
  private static final int HEADER = 2;
  private static final long UNIFORM = 1L << 63;
  private static final long ALLOW = 0x10000;
  private static final int REASON = 24;

  private TableImage() {}

  static long[] of(SubjectTable table, int decisions) {
    List<Long> words = new ArrayList<>();
    int classes = table.rows().size();
    for (int i = 0; i < HEADER + classes; i++) {
      words.add(0L);
    }
    for (int i = 0; i < classes; i++) {
      long ingress = row(table.rows().get(i), Direction.INGRESS, words);
      long egress = row(table.rows().get(i), Direction.EGRESS, words);
      words.set(HEADER + i, ingress | egress << 32);
    }
    words.set(0, words.size() | (long) classes << 32);
    words.set(1, MAGIC | (long) decisions << 32);
    return words.stream().mapToLong(Long::longValue).toArray();
  }

  private static int row(ClassRow row, Direction direction, List<Long> words) {
    int at = words.size();
    for (int i = 0; i < ProtocolGroup.values().length; i++) {
      words.add(0L);
    }
    for (ProtocolGroup group : ProtocolGroup.values()) {
      List<PortVerdict> intervals = row.intervals(direction, group);
      boolean allow = intervals.getFirst().allow();
      boolean uniform = intervals.stream().allMatch(each -> each.allow() == allow);
      long word = words.size() | (long) intervals.size() << 32 | (uniform ? UNIFORM : 0);
      words.set(at + group.ordinal(), word);
      for (PortVerdict each : intervals) {
        words.add(each.start() | verdict(each) | (long) each.decision() << 32);
      }
    }
    return at;
  }

  /** Denied by policy is what no bit says otherwise. */
  private static long verdict(PortVerdict verdict) {
    return verdict.allow()
        ? ALLOW
        : verdict.reason() == Code.POLICY ? 0 : (long) verdict.reason().number() << REASON;
  }
}
