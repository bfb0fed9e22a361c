package io.merlon.agent.oracle;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The incremental engine after random changes, told badly: doubled, outdated, out of order, with
 * restarts. Whenever all is said it must answer as the oracle does of the cluster as it is, and in
 * the middle of the noise as a compiler that begins anew. {@code -Dmerlon.oracle.stories} says how
 * many.
 */
class IncrementalOracleTest {
  private static final int STORIES = Integer.getInteger("merlon.oracle.stories", 500);
  private static final int REPORTS = 3;
  private static final List<String> NODES = List.of("n1", "n2", "n3");

  private final LongAdder events = new LongAdder();
  private final LongAdder compared = new LongAdder();
  private final ConcurrentLinkedQueue<String> reports = new ConcurrentLinkedQueue<>();

  @Test
  void incrementalStateAnswersAsTheOracleDoes() {
    Seeds seeds = Seeds.ofThisBuild();
    seeds.stream(STORIES).parallel().forEach(this::tell);
    System.out.printf(
        "IncrementalOracleTest: %,d stories (%s), %,d events, %,d verdicts compared%n",
        STORIES, seeds, events.sum(), compared.sum());
    assertTrue(reports.isEmpty(), () -> String.join("\n", reports));
    assertTrue(compared.sum() > STORIES && events.sum() > STORIES);
  }

  private void tell(long seed) {
    Story story = new StoryGenerator(seed).story();
    Dice dice = new Dice(seed);
    Listener listener = new Listener(NODES);
    List<ClusterEvent> told = new ArrayList<>();
    for (Story.Chapter chapter : story.chapters()) {
      if (chapter.restart()) {
        listener = listener.restarted(dice);
      }
      listener.hear(chapter.noise(), dice);
      told.addAll(chapter.noise());
      ClusterSnapshot noisy = listener.cluster();
      check(
          story,
          told,
          CompilerEngine.WHOLE_CLUSTER.over(noisy),
          listener,
          List.of(listener.wholeCluster()));
      listener.hear(chapter.settling(), dice);
      told.addAll(chapter.settling());
      events.add(chapter.noise().size() + chapter.settling().size());
      check(
          story,
          told,
          Oracle.ENGINE.over(listener.cluster()),
          listener,
          List.of(listener.wholeCluster(), listener.nodeByNode()));
    }
  }

  private void check(
      Story story, List<ClusterEvent> told, Judge expected, Listener listener, List<Judge> found) {
    for (Comparison comparison : Comparison.of(listener.cluster(), story.seed(), expected, found)) {
      compared.add(comparison.compared());
      Difference first = comparison.first();
      if (first != null && reports.size() < REPORTS) {
        reports.add(report(story, told, first, listener));
      }
    }
  }

  private static String report(
      Story story, List<ClusterEvent> told, Difference first, Listener listener) {
    List<ClusterEvent> fewest = shrink(told, first);
    StringBuilder report = new StringBuilder("# story ").append(story.seed()).append('\n');
    report.append("# ").append(first).append('\n');
    report.append("# after ").append(told.size()).append(" events");
    if (fewest.size() < told.size()) {
      report.append(", of which these are enough, one by one:\n");
      fewest.forEach(event -> report.append("#   ").append(describe(event)).append('\n'));
      report.append(ManifestWriter.write(ClusterState.after(fewest).snapshot()));
    } else {
      report.append('\n').append(ManifestWriter.write(listener.cluster()));
    }
    return report.toString();
  }

  private static String describe(ClusterEvent event) {
    return event instanceof ClusterEvent.Gone gone ? "gone " + gone.key() : event.toString();
  }

  /** Fewer events after which the incremental and a fresh compiler still part in that cell. */
  private static List<ClusterEvent> shrink(List<ClusterEvent> told, Difference difference) {
    List<ClusterEvent> fewest = new ArrayList<>(told);
    if (incrementally(fewest, difference) == null) {
      return fewest;
    }
    for (int i = fewest.size() - 1; i >= 0; i--) {
      ClusterEvent left = fewest.remove(i);
      if (incrementally(fewest, difference) == null) {
        fewest.add(i, left);
      }
    }
    return fewest;
  }

  private static @Nullable Difference incrementally(
      List<ClusterEvent> events, Difference difference) {
    Listener listener = new Listener(NODES);
    events.forEach(event -> listener.hear(List.of(event)));
    return difference.again(
        CompilerEngine.WHOLE_CLUSTER.over(listener.cluster()), listener.wholeCluster());
  }
}
