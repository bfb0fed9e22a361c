package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterSnapshot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Judges were asked everything about one world.
 *
 * @param compared how many verdicts were compared
 * @param first the first that differed
 */
record Comparison(long compared, @Nullable Difference first) {
  static Comparison of(ClusterSnapshot cluster, long probeSeed, Judge expected, Judge found) {
    return of(cluster, probeSeed, expected, List.of(found)).getFirst();
  }

  /** Compares several with one, which is asked only once. */
  static List<Comparison> of(
      ClusterSnapshot cluster, long probeSeed, Judge expected, List<? extends Judge> found) {
    Probes probes = new Probes(cluster, probeSeed);
    List<Question> questions = probes.questions();
    List<Verdicts> answers = questions.stream().map(expected::judge).toList();
    List<Comparison> comparisons = new ArrayList<>();
    for (Judge judge : found) {
      comparisons.add(of(probes, answers, expected, judge));
    }
    return comparisons;
  }

  private static Comparison of(Probes probes, List<Verdicts> answers, Judge expected, Judge found) {
    List<Question> questions = probes.questions();
    for (int i = 0; i < questions.size(); i++) {
      if (!found.judge(questions.get(i)).equals(answers.get(i))) {
        return new Comparison(2L * i + 2, Difference.at(questions.get(i), expected, found));
      }
    }
    long compared = 2L * questions.size();
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
