package io.merlon.agent.oracle;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/**
 * Worlds written differently that mean the same: every engine, the oracle included, must give the
 * same verdicts for all of them. {@code -Dmerlon.oracle.rewritten} says how many worlds.
 */
class MetamorphicTest {
  private static final int WORLDS = Integer.getInteger("merlon.oracle.rewritten", 100);
  private static final int REPORTS = 3;

  private final LongAdder compared = new LongAdder();
  private final ConcurrentLinkedQueue<String> reports = new ConcurrentLinkedQueue<>();

  @Test
  void anotherWayToWriteItChangesNothing() {
    Seeds seeds = Seeds.ofThisBuild();
    seeds.stream(WORLDS).parallel().forEach(this::check);
    System.out.printf(
        "MetamorphicTest: %,d worlds (%s), each rewritten in %d ways, %,d verdicts compared%n",
        WORLDS, seeds, Rewritings.all().size(), compared.sum());
    assertTrue(reports.isEmpty(), () -> String.join("\n", reports));
    assertTrue(compared.sum() > WORLDS);
  }

  private void check(long seed) {
    World world = new WorldGenerator(seed).world();
    for (PolicyEngine engine : Engines.all()) {
      List<Rereading> ways = Rewritings.all().stream().map(way -> way.by(engine, seed)).toList();
      List<Comparison> comparisons =
          Comparison.of(
              world.cluster(),
              seed,
              engine.over(world.cluster()),
              ways.stream().map(way -> way.over(world.cluster())).toList());
      for (int i = 0; i < ways.size(); i++) {
        compared.add(comparisons.get(i).compared());
        Difference first = comparisons.get(i).first();
        if (first != null && reports.size() < REPORTS) {
          reports.add(Shrinker.report(world, first, engine, ways.get(i)));
        }
      }
    }
  }
}
