package io.merlon.agent.flows;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The latest flows. Denied ones and others each have half of the room for sure, and what the other
 * half leaves of it: thousands of ends at once push out no denial that is younger than the 2,048th.
 */
final class Latest {
  private static final int KEPT = 4096;

  private final Deque<Entry> denied = new ArrayDeque<>();
  private final Deque<Entry> others = new ArrayDeque<>();
  private long number;

  private record Entry(long number, Flow flow) {}

  synchronized void add(List<Flow> flows) {
    for (Flow flow : flows) {
      (flow.isDenied() ? denied : others).addLast(new Entry(number++, flow));
      if (denied.size() + others.size() > KEPT) {
        (denied.size() > KEPT / 2 ? denied : others).removeFirst();
      }
    }
  }

  /** Those that pass, the oldest first, the latest if there are more. */
  synchronized List<Flow> all(Predicate<Flow> passes, int most) {
    List<Entry> found = new ArrayList<>();
    entries().filter(entry -> passes.test(entry.flow())).forEach(found::add);
    found.sort(Comparator.comparingLong(Entry::number));
    int from = Math.max(0, found.size() - most);
    return found.subList(from, found.size()).stream().map(Entry::flow).toList();
  }

  synchronized Optional<Flow> any(Predicate<Flow> passes) {
    return entries().map(Entry::flow).filter(passes).findFirst();
  }

  private Stream<Entry> entries() {
    return Stream.concat(denied.stream(), others.stream());
  }
}
