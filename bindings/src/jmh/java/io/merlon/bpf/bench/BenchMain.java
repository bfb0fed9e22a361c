package io.merlon.bpf.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs every benchmark and its C counterpart next to each other, round after round, and prints the
 * medians of the rounds' ratios beside their budgets. Absolute times mean something within a round
 * only.
 */
public final class BenchMain {
  private static final int ROUNDS = Integer.getInteger("merlon.bench.rounds", 75);

  /** Rounds for the compiler, which is the same for all that follow. */
  private static final int WARM_UP = 25;

  /** What is compared, and the most it may cost. */
  private enum Subject {
    UPDATE("map update", "SingleCalls.update", 1.10),
    LOOK_UP("map look-up", "SingleCalls.lookUp", 1.10),
    BATCH("100k-entry batch, per entry", "Batches.batch", 1.05),
    DRAIN("ring buffer drain, per event", "Events.drain", 0);

    /** The ring buffer's budget is nanoseconds above C. */
    static final double DRAIN_NANOS = 8;

    private final String text;
    private final String benchmark;
    private final double ratio;

    Subject(String text, String benchmark, double ratio) {
      this.text = text;
      this.benchmark = benchmark;
      this.ratio = ratio;
    }
  }

  /** One round's times of one subject. */
  private record Round(double java, double c) {
    double ratio() {
      return java / c;
    }
  }

  private BenchMain() {}

  /** Compares, or with the argument {@code sustained} tries the steady stream. */
  public static void main(String[] arguments) throws RunnerException {
    if (arguments.length > 0 && arguments[0].equals("sustained")) {
      Sustained warmUp = Sustained.measure(Duration.ofSeconds(1));
      System.err.printf("warm up: %.2fM events/s%n", warmUp.eventsPerSecond() / 1e6);
      print(Sustained.measure(Duration.ofSeconds(5)));
      return;
    }
    Map<Subject, List<Round>> rounds = new LinkedHashMap<>();
    for (int round = 1 - WARM_UP; round <= ROUNDS; round++) {
      System.err.print("\rround " + round + " of " + ROUNDS + " ");
      for (Subject subject : Subject.values()) {
        Round measured = run(subject);
        if (round > 0) {
          rounds.computeIfAbsent(subject, s -> new ArrayList<>()).add(measured);
        }
      }
    }
    System.err.println();
    System.out.printf(
        "%-30s %10s %10s %10s %17s   %s%n", "", "java ns", "C ns", "median", "quartiles", "budget");
    rounds.forEach(BenchMain::print);
  }

  /** Not forked: rounds are to be short and many, so that both meet the same machine. */
  private static Round run(Subject subject) throws RunnerException {
    Options options =
        new OptionsBuilder()
            .include(subject.benchmark + "(Java|C)$")
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .measurementTime(TimeValue.milliseconds(30))
            .verbosity(VerboseMode.SILENT)
            .build();
    Collection<RunResult> results = new Runner(options).run();
    return new Round(score(results, "Java"), score(results, "C"));
  }

  private static double score(Collection<RunResult> results, String language) {
    return results.stream()
        .filter(result -> result.getParams().getBenchmark().endsWith(language))
        .mapToDouble(result -> result.getPrimaryResult().getScore())
        .findFirst()
        .orElseThrow();
  }

  private static void print(Subject subject, List<Round> rounds) {
    double java = median(rounds.stream().mapToDouble(Round::java).toArray());
    double c = median(rounds.stream().mapToDouble(Round::c).toArray());
    boolean drain = subject == Subject.DRAIN;
    double[] measured =
        rounds.stream()
            .mapToDouble(round -> drain ? round.java - round.c : round.ratio())
            .toArray();
    Arrays.sort(measured);
    double budget = drain ? Subject.DRAIN_NANOS : subject.ratio;
    String unit = drain ? " ns above C" : " x C";
    System.out.printf(
        "%-30s %10.1f %10.1f %10.2f %8.2f-%8.2f   <= %.2f%s  %s%n",
        subject.text,
        java,
        c,
        median(measured),
        measured[measured.length / 4],
        measured[measured.length * 3 / 4],
        budget,
        unit,
        median(measured) <= budget ? "ok" : "OVER");
  }

  private static void print(Sustained sustained) {
    boolean kept = sustained.lost() == 0 && sustained.eventsPerSecond() > 0.99e6;
    System.out.printf(
        "%-30s %.2fM events/s, lost %d, reader %.0f %% of a core, held up %.0f ms at most   1M/s, lost 0  %s%n",
        "ring buffer, sustained",
        sustained.eventsPerSecond() / 1e6,
        sustained.lost(),
        sustained.readerCpu() * 100,
        sustained.longestPauseMillis(),
        kept ? "ok" : sustained.heldUp() ? "inconclusive: the machine is too busy" : "OVER");
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
