package io.merlon.datapath.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Cuts a story down: removes stretches, then single steps, as long as it still goes wrong. */
final class Shrinker {
  private Shrinker() {}

  static <T> List<T> shrink(List<T> story, Predicate<List<T>> goesWrong) {
    List<T> shortest = story;
    for (int stretch = Math.max(1, story.size() / 2); stretch > 0; stretch /= 2) {
      boolean shorter = true;
      while (shorter) {
        int before = shortest.size();
        shortest = pass(shortest, stretch, goesWrong);
        shorter = shortest.size() < before && stretch == 1;
      }
    }
    return shortest;
  }

  private static <T> List<T> pass(List<T> story, int stretch, Predicate<List<T>> goesWrong) {
    List<T> shortest = story;
    int end = shortest.size();
    while (end > 0) {
      int start = Math.max(0, end - stretch);
      List<T> candidate = new ArrayList<>(shortest.subList(0, start));
      candidate.addAll(shortest.subList(end, shortest.size()));
      if (goesWrong.test(candidate)) {
        shortest = candidate;
      }
      end = start;
    }
    return shortest;
  }
}
