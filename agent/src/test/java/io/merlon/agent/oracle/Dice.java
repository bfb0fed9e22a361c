package io.merlon.agent.oracle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Chance from a seed: the same seed always falls the same way. */
final class Dice {
  private final SplittableRandom random;

  Dice(long seed) {
    random = new SplittableRandom(seed);
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  int between(int first, int last) {
    return random.nextInt(first, last + 1);
  }

  <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  @SafeVarargs
  final <T> T pick(T... values) {
    return values[random.nextInt(values.length)];
  }

  <T> List<T> some(int min, int max, Supplier<T> maker) {
    List<T> made = new ArrayList<>();
    for (int i = between(min, max); i > 0; i--) {
      made.add(maker.get());
    }
    return made;
  }

  /** Absent, empty or with content: the API tells all three apart. */
  <T> @Nullable List<T> absentEmptyOr(int absent, int empty, Supplier<List<T>> maker) {
    int throwing = random.nextInt(100);
    return throwing < absent ? null : throwing < absent + empty ? List.of() : maker.get();
  }

  <T> List<T> shuffled(List<T> list) {
    List<T> copy = new ArrayList<>(list);
    Collections.shuffle(copy, Random.from(random));
    return copy;
  }

  /** At most {@code size} of the list, in random order. */
  <T> List<T> sample(List<T> list, int size) {
    List<T> shuffled = shuffled(list);
    return shuffled.subList(0, Math.min(size, shuffled.size()));
  }

  long seed() {
    return random.nextLong();
  }
}
