package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Two judges were asked everything about one world.
 *
 * @param compared how many verdicts were compared
 * @param first the first that differed
 */
record Comparison(long compared, @Nullable Difference first) {
  static Comparison of(ClusterSnapshot cluster, long probeSeed, Judge expected, Judge found) {
    Probes probes = new Probes(cluster, probeSeed);
    long compared = 0;
    for (Question question : probes.questions()) {
      compared += 2;
      Difference difference = Difference.at(question, expected, found);
      if (difference != null) {
        return new Comparison(compared, difference);
      }
    }
    for (Question question : probes.serviceQuestions()) {
      compared++;
      Difference difference = Difference.atService(question, expected, found);
      if (difference != null) {
        return new Comparison(compared, difference);
      }
    }
    return new Comparison(compared, null);
  }
}
