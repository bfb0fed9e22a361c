package io.merlon.agent.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/**
 * The engine against the oracle on random worlds: every pair of ends, both families, every
 * protocol, ports at the edges. {@code -Dmerlon.oracle.worlds} says how many; {@link Seeds} says
 * which.
 */
class OracleTest {
  private static final int WORLDS = Integer.getInteger("merlon.oracle.worlds", 20_000);
  private static final int REPORTS = 5;

  private final LongAdder worlds = new LongAdder();
  private final LongAdder compared = new LongAdder();
  private final LongAdder different = new LongAdder();
  private final ConcurrentLinkedQueue<String> reports = new ConcurrentLinkedQueue<>();

  @Test
  void engineAgreesWithTheOracleOnRandomWorlds() {
    Seeds seeds = Seeds.ofThisBuild();
    seeds.stream(WORLDS).parallel().forEach(this::compare);
    System.out.printf(
        "OracleTest: %,d worlds (%s), %,d verdicts compared, %d worlds differ%n",
        worlds.sum(), seeds, compared.sum(), different.sum());
    assertTrue(reports.isEmpty(), () -> String.join("\n", reports));
    assertEquals(WORLDS, worlds.sum());
  }

  private void compare(long seed) {
    World world = new WorldGenerator(seed).world();
    List<PolicyEngine> engines = Engines.underTest();
    List<Judge> judges = engines.stream().map(engine -> engine.over(world.cluster())).toList();
    List<Comparison> comparisons =
        Comparison.of(world.cluster(), seed, Oracle.ENGINE.over(world.cluster()), judges);
    worlds.increment();
    comparisons.forEach(comparison -> compared.add(comparison.compared()));
    for (int i = 0; i < engines.size(); i++) {
      Difference first = comparisons.get(i).first();
      if (first != null) {
        different.increment();
        if (reports.size() < REPORTS) {
          reports.add(Shrinker.report(world, first, Oracle.ENGINE, engines.get(i)));
        }
        return; // the same world need not be told twice
      }
    }
  }
}
