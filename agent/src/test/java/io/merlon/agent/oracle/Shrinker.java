package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterSnapshot;
import java.util.function.Predicate;

/** Makes a world that fails as small as it can be while it still fails. */
final class Shrinker {
  private Shrinker() {}

  /**
   * @param fails true of the given world; asked of every smaller one
   */
  static ClusterSnapshot shrink(ClusterSnapshot world, Predicate<ClusterSnapshot> fails) {
    ClusterSnapshot smallest = world;
    boolean shrank = true;
    while (shrank) {
      shrank = false;
      for (ClusterSnapshot smaller : Reductions.of(smallest)) {
        if (fails.test(smaller)) {
          smallest = smaller;
          shrank = true;
          break;
        }
      }
    }
    return smallest;
  }

  /** What an engineer needs to see: the seed, the cell, the smallest world that still has it. */
  static String report(
      World world, Difference difference, PolicyEngine expected, PolicyEngine found) {
    ClusterSnapshot smallest =
        shrink(
            world.cluster(),
            cluster -> difference.again(expected.over(cluster), found.over(cluster)) != null);
    return "# seed "
        + world.seed()
        + "\n# "
        + found.name()
        + " against "
        + expected.name()
        + ": "
        + difference.again(expected.over(smallest), found.over(smallest))
        + "\n"
        + ManifestWriter.write(smallest);
  }
}
