package io.merlon.agent.bench;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.compile.CompileOptions;
import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.IncrementalCompiler;
import io.merlon.agent.compile.Row;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.plan.Capacities;
import io.merlon.agent.plan.DesiredState;
import io.merlon.agent.plan.ObservedState;
import io.merlon.agent.plan.Plan;
import io.merlon.agent.plan.Planner;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.function.IntFunction;

/** One cluster, built from nothing and then changed. */
final class CompileRun {
  private static final int CHANGES = 400;
  private static final int WARM_UP = 100;

  private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

  private final BenchCluster cluster;
  private final IncrementalCompiler compiler;
  private final Planner planner = new Planner(capacities());
  private ObservedState observed = ObservedState.EMPTY;
  private long buildCpuNanos;

  /** What a change took, in milliseconds: all of it, and the compiler's part. */
  record Change(Times all, Times compile) {}

  CompileRun(BenchCluster cluster) {
    this.cluster = cluster;
    this.compiler = new IncrementalCompiler(CompileOptions.forNode(BenchCluster.NODE));
  }

  /** The sizes of the kernel's maps, so that every plan is checked against them. */
  private static Capacities capacities() {
    Capacities.Families many = new Capacities.Families(1 << 20, 1 << 20);
    return new Capacities(
        1024,
        many,
        many,
        many,
        1 << 24,
        4096,
        new Capacities.Room(1L << 32, CompileRun::words),
        new Capacities.Room(1L << 32, table -> 192 + 3L * table.rowCount()));
  }

  private static long words(VerdictTable table) {
    return 2L + table.rowCount() + intervals(table);
  }

  private static long intervals(VerdictTable table) {
    return table.distinctRows().stream().mapToLong(Row::intervalCount).sum();
  }

  /** Takes everything in. */
  Change build() {
    List<ClusterEvent> events = cluster.events();
    long before = CPU.getCurrentThreadCpuTime();
    Change change = step(events, new Change(new Times(1), new Times(1)));
    buildCpuNanos = CPU.getCurrentThreadCpuTime() - before;
    return change;
  }

  /** What the build took of a processor: the same on a machine that others use. */
  long buildCpuMillis() {
    return buildCpuNanos / 1_000_000;
  }

  private Change step(List<ClusterEvent> events, Change into) {
    long start = System.nanoTime();
    CompiledPolicy policy = compiler.apply(events);
    long compiled = System.nanoTime();
    Plan plan = planner.plan(observed, DesiredState.of(policy));
    long planned = System.nanoTime();
    if (plan.isRefused()) {
      throw new IllegalStateException("refused: " + plan.refusals());
    }
    observed = plan.result();
    compiler.settled();
    into.compile().add(compiled - start);
    into.all().add(planned - start);
    return into;
  }

  /** Changes made one at a time, after some that are not counted. */
  Change changes(IntFunction<ClusterEvent> event) {
    Change ignored = new Change(new Times(WARM_UP), new Times(WARM_UP));
    for (int i = 0; i < WARM_UP; i++) {
      step(List.of(event.apply(i)), ignored);
    }
    Change change = new Change(new Times(CHANGES), new Times(CHANGES));
    for (int i = 0; i < CHANGES; i++) {
      step(List.of(event.apply(WARM_UP + i)), change);
    }
    return change;
  }

  /** Pods that come one at a time, and go again uncounted. */
  Change comings(IntFunction<ClusterEvent> event) {
    Change ignored = new Change(new Times(WARM_UP + CHANGES), new Times(WARM_UP + CHANGES));
    Change change = new Change(new Times(CHANGES), new Times(CHANGES));
    for (int i = 0; i < WARM_UP + CHANGES; i++) {
      ClusterEvent put = event.apply(i);
      step(List.of(put), i < WARM_UP ? ignored : change);
      compiler.apply(List.of(new ClusterEvent.Gone(put.key())));
      observed = planner.plan(observed, DesiredState.of(compiler.current())).result();
      compiler.settled();
    }
    return change;
  }

  int addresses() {
    return observed.addresses().exact().size() + observed.addresses().prefixes().size();
  }

  int subjects() {
    return observed.subjects().size();
  }

  int classes() {
    return observed.tables().values().stream().mapToInt(VerdictTable::rowCount).max().orElse(0);
  }

  long tableEntries() {
    return observed.tables().values().stream().mapToLong(CompileRun::intervals).sum();
  }

  /** What the compiler's state and the last plan's take together, in MiB. */
  static long heap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return (runtime.totalMemory() - runtime.freeMemory()) >> 20;
  }
}
