package io.merlon.agent.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The worlds reach every corner of the specification: each known mistake shows in one of them. */
class ShrinkerTest {
  private static final int WORLDS = 5_000;

  @TestFactory
  Stream<DynamicTest> findsAndShrinksEveryKnownMistake() {
    return WrongReadings.all().stream()
        .map(wrong -> DynamicTest.dynamicTest(wrong.item(), () -> findAndShrink(wrong)));
  }

  private static void findAndShrink(Rereading wrong) {
    for (long seed = 1; seed <= WORLDS; seed++) {
      World world = new WorldGenerator(seed).world();
      Difference difference = compare(world, wrong);
      if (difference != null) {
        String report = Shrinker.report(world, difference, Oracle.ENGINE, wrong);
        String before = ManifestWriter.write(world.cluster());
        assertTrue(report.length() < before.length(), report);
        System.out.printf(
            "%-70s world %4d, %5d -> %4d lines%n",
            wrong.item(), seed, before.lines().count(), report.lines().count());
        return;
      }
    }
    throw new AssertionError("not found in " + WORLDS + " worlds: " + wrong.item());
  }

  private static @Nullable Difference compare(World world, PolicyEngine wrong) {
    return Comparison.of(
            world.cluster(),
            world.seed(),
            Oracle.ENGINE.over(world.cluster()),
            wrong.over(world.cluster()))
        .first();
  }

  @Test
  void writesWorldsThatReadBackAsThemselves() {
    LongStream.rangeClosed(1, 200)
        .forEach(seed -> {
          World world = new WorldGenerator(seed).world();
          String yaml = ManifestWriter.write(world.cluster());
          String again = ManifestWriter.write(ClusterState.after(Manifests.read(yaml)).snapshot());
          assertEquals(yaml, again);
        });
  }

  @Test
  void drawsTheSameWorldFromTheSameSeed() {
    assertEquals(
        ManifestWriter.write(new WorldGenerator(42).world().cluster()),
        ManifestWriter.write(new WorldGenerator(42).world().cluster()));
  }
}
