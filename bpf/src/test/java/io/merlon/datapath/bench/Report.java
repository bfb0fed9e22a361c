package io.merlon.datapath.bench;

import io.merlon.datapath.bench.Case.Sample;
import io.merlon.datapath.bench.DatapathBench.Measured;
import java.util.List;
import java.util.function.ToIntFunction;

/** The benchmark's table. */
final class Report {
  private static final String ROW = "%-4s  %-37s %5s   %6s   %11s   %5s   %6s %7s   %s%n";

  private Report() {}

  static void print(List<Measured> cases) {
    int rounds = cases.getFirst().samples().size();
    System.out.printf(
        """
        Nanoseconds per packet over an empty program, median of %d rounds, Linux %s, load %s;
        maps: of these, the map operations alone that a packet cannot spare, measured beside it

        """,
        rounds, System.getProperty("os.version"), Cpu.load());
    System.out.printf(
        ROW, "", "case", "empty", "median", "min-max", "maps", "budget", "stretch", "verdict");
    cases.forEach(measured -> print(measured.what(), measured.samples()));
  }

  private static void print(Case c, List<Sample> samples) {
    int[] over = sorted(samples, Sample::over);
    int median = over[over.length / 2];
    System.out.printf(
        ROW,
        c.v6() ? "IPv6" : "IPv4",
        c.name(),
        sorted(samples, Sample::floor)[over.length / 2],
        median,
        over[0] + "-" + over[over.length - 1],
        sorted(samples, Sample::maps)[over.length / 2],
        c.budget().budget(),
        c.budget().stretch(),
        verdict(median, c.budget()));
  }

  private static String verdict(int median, Case.Budget budget) {
    if (median <= budget.stretch()) {
      return "ok, stretch too";
    }
    return median <= budget.budget() ? "ok" : "over";
  }

  private static int[] sorted(List<Sample> samples, ToIntFunction<Sample> of) {
    return samples.stream().mapToInt(of).sorted().toArray();
  }
}
