package io.merlon.agent.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What compiling costs: from nothing, and change by change. Every size has a process of its own, so
 * that each full build is a cold one, as after a restart.
 */
public final class CompileBench {
  private static final List<Integer> PODS = List.of(1_000, 10_000, 50_000);
  private static final List<Integer> POLICIES = List.of(50, 500, 2_000);

  private static final Budget NO_BUDGET = new Budget(0, 0);

  private CompileBench() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Locale.setDefault(Locale.ROOT);
    if (arguments.length == 2) {
      run(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
      return;
    }
    System.out.println(
        """
        Compile and plan for a node with 110 pods, in milliseconds; beside it the compiler alone.
        Budgets: full build of 50,000 / 2,000 <= 2,000; new pod p50 <= 1, p99 <= 10 at 50,000;
                 policy edit p99 <= 50 at 50,000 / 500.
        """);
    for (int pods : PODS) {
      for (int policies : POLICIES) {
        fork(pods, policies);
      }
    }
  }

  private static void fork(int pods, int policies) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                CompileBench.class.getName(),
                String.valueOf(pods),
                String.valueOf(policies))
            .inheritIO()
            .start();
    if (process.waitFor() != 0) {
      throw new IllegalStateException("the run of " + pods + " pods failed");
    }
  }

  private static void run(int pods, int policies) {
    BenchCluster cluster = new BenchCluster(pods, policies);
    CompileRun run = new CompileRun(cluster);
    Budget ofPods = pods == 50_000 ? new Budget(1, 10) : NO_BUDGET;
    CompileRun.Change build = run.build();
    long heap = CompileRun.heap();
    System.out.printf("%,d pods, %,d policies%n", pods, policies);
    print(
        "full build, cold",
        build,
        pods == 50_000 && policies == 2_000 ? new Budget(2_000, 2_000) : NO_BUDGET);
    System.out.printf(
        "  %,d subjects, %,d classes, %,d addresses and prefixes, %,d table entries, heap %d MiB; build %,d ms of cpu%n",
        run.subjects(),
        run.classes(),
        run.addresses(),
        run.tableEntries(),
        heap,
        run.buildCpuMillis());
    print("new pod elsewhere", run.changes(cluster::newPod), ofPods);
    print("new pod here", run.comings(cluster::newPodHere), ofPods);
    print("first pod here", run.comings(cluster::firstPodHere), NO_BUDGET);
    print("label change", run.changes(cluster::relabelled), NO_BUDGET);
    print(
        "policy edit",
        run.changes(cluster::edited),
        pods == 50_000 && policies == 500 ? new Budget(50, 50) : NO_BUDGET);
  }

  /** In milliseconds. */
  private record Budget(double p50, double p99) {
    String verdict(Times times) {
      if (p50 == 0) {
        return "";
      }
      boolean met = times.percentile(50) <= p50 && times.percentile(99) <= p99;
      return String.format("(budget %.0f / %.0f: %s)", p50, p99, met ? "met" : "missed");
    }
  }

  private static void print(String what, CompileRun.Change change, Budget budget) {
    System.out.printf(
        "  %-18s p50 %9.3f  p99 %9.3f    compiler p50 %9.3f  p99 %9.3f  %s%n",
        what,
        change.all().percentile(50),
        change.all().percentile(99),
        change.compile().percentile(50),
        change.compile().percentile(99),
        budget.verdict(change.all()));
  }
}
