package io.merlon.agent.compile;

import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.PolicyRef;
import io.merlon.agent.policy.Tier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The table of the subjects that the same policies select: who counts for whom plays no part. */
final class SharedTable {
  final Key key;

  /** How many subjects have it. */
  int subjects;

  /** The versions of its policies that the table is made of. */
  private List<PolicyState> madeOf = List.of();

  private RowMaker ingress;
  private RowMaker egress;
  private VerdictTable table;

  /**
   * What makes a table.
   *
   * @param ownPorts the ports its pods declare under names that its ingress rules use
   */
  record Key(List<PolicyRef> policies, List<PortAnswer> ownPorts) {}

  SharedTable(Key key) {
    this.key = key;
    Map<Row, Row> shared = new HashMap<>();
    this.ingress = new RowMaker(rules(Direction.INGRESS, List.of(), List.of()), shared);
    this.egress = new RowMaker(rules(Direction.EGRESS, List.of(), List.of()), shared);
    this.table =
        VerdictTable.of(
            new Row[] {ingress.row(ClassKey.NONE)}, new Row[] {egress.row(ClassKey.NONE)});
  }

  VerdictTable table() {
    return table;
  }

  boolean isMadeOf(List<PolicyState> policies) {
    return madeOf.equals(policies);
  }

  /** Takes other rules, and makes every row anew. */
  void remake(List<PolicyState> policies, Collection<ClassState> classes) {
    madeOf = List.copyOf(policies);
    Map<Row, Row> shared = new HashMap<>();
    ingress = new RowMaker(rules(Direction.INGRESS, policies, key.ownPorts()), shared);
    egress = new RowMaker(rules(Direction.EGRESS, policies, key.ownPorts()), shared);
    Row[] in = {ingress.row(ClassKey.NONE)};
    Row[] out = {egress.row(ClassKey.NONE)};
    for (ClassState state : classes) {
      in = with(in, state.number, ingress.row(state.key));
      out = with(out, state.number, egress.row(state.key));
    }
    table = VerdictTable.of(in, out);
  }

  /** Follows classes that are new, mean something else or are gone; says whether it mattered. */
  boolean follow(List<ClassState> changed, ClassRegistry classes) {
    Row[] in = null;
    Row[] out = null;
    for (ClassState state : changed) {
      ClassKey meaning = classes.exists(state) ? state.key : ClassKey.NONE;
      Row into = ingress.row(meaning);
      Row outOf = egress.row(meaning);
      if (!into.equals(table.row(state.number, Direction.INGRESS))) {
        in = with(in == null ? table.copyRows(Direction.INGRESS) : in, state.number, into);
      }
      if (!outOf.equals(table.row(state.number, Direction.EGRESS))) {
        out = with(out == null ? table.copyRows(Direction.EGRESS) : out, state.number, outOf);
      }
    }
    if (in == null && out == null) {
      return false;
    }
    table =
        VerdictTable.of(
            in == null ? table.copyRows(Direction.INGRESS) : in,
            out == null ? table.copyRows(Direction.EGRESS) : out);
    return true;
  }

  /** Puts a row into its place; what is returned may be longer than it needs to be. */
  private static Row[] with(Row[] rows, int number, Row row) {
    Row any = rows[PeerClass.ANY];
    if (number == PeerClass.OWN_NODE || (number >= rows.length && row.equals(any))) {
      return rows;
    }
    Row[] longer = rows;
    if (number >= rows.length) {
      longer = Arrays.copyOf(rows, Math.max(number + 1, 2 * rows.length));
      Arrays.fill(longer, rows.length, longer.length, any);
    }
    longer[number] = row;
    return longer;
  }

  private static SubjectRules rules(
      Direction direction, List<PolicyState> policies, List<PortAnswer> ownPorts) {
    List<PolicyRef> isolating = new ArrayList<>();
    List<TestedRule> admin = new ArrayList<>();
    List<TestedRule> accepting = new ArrayList<>();
    List<TestedRule> baseline = new ArrayList<>();
    for (PolicyState state : policies) {
      if (state.policy.isolates().contains(direction)) {
        isolating.add(state.policy.ref());
      }
      List<TestedRule> ofTier =
          switch (state.policy.tier()) {
            case Tier.ADMIN -> admin;
            case Tier.NETWORK_POLICY -> accepting;
            case Tier.BASELINE -> baseline;
          };
      ofTier.addAll(state.rules(direction));
    }
    return new SubjectRules(direction, admin, isolating, accepting, baseline, ownPorts);
  }
}
