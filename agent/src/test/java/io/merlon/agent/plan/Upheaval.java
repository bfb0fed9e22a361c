package io.merlon.agent.plan;

import io.merlon.agent.compile.PeerClass;
import io.merlon.agent.compile.Row;
import io.merlon.agent.policy.Direction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Changes that concern many entries at once. */
final class Upheaval {
  private final Random random;
  private final List<Row> rows;

  Upheaval(Random random, List<Row> rows) {
    this.random = random;
    this.rows = rows;
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  void renumberClasses(StateSketch state) {
    List<Integer> numbers = shuffled(PeerClass.FIRST, RandomStates.CLASSES);
    state.renumberClasses(old -> old < PeerClass.FIRST ? old : numbers.get(old - PeerClass.FIRST));
  }

  void renumberSubjects(StateSketch state) {
    state.renumberSubjects(shuffled(0, RandomStates.SUBJECTS)::get);
  }

  private List<Integer> shuffled(int from, int to) {
    List<Integer> numbers = new ArrayList<>(IntStream.range(from, to).boxed().toList());
    Collections.shuffle(numbers, random);
    return numbers;
  }

  /** Takes a subject away; its endpoints get others. */
  void removeSubject(StateSketch state, int subject) {
    if (state.tables.size() > 1) {
      state.tables.remove(subject);
      List<Integer> left = List.copyOf(state.tables.keySet());
      state.endpoints.replaceAll((pod, endpoint) ->
          endpoint.subject() == subject ? endpoint.withSubject(pick(left)) : endpoint);
    }
  }

  void changeRow(StateSketch state, int subject, int peerClass) {
    List<Row> of = state.rows(subject, pick(List.of(Direction.values())));
    if (!of.isEmpty()) {
      of.set(peerClass, pick(rows));
    }
  }

  /** Some of those in a class get another one, which is treated alike but in one row. */
  void split(StateSketch state, int from, int to) {
    state.exact.replaceAll((a, was) -> was == from && random.nextBoolean() ? to : was);
    if (to != PeerClass.OWN_NODE) {
      state.prefixes.replaceAll((p, was) -> was == from && random.nextBoolean() ? to : was);
    }
    for (int subject : state.tables.keySet()) {
      for (Direction direction : Direction.values()) {
        List<Row> of = state.rows(subject, direction);
        of.set(to, of.get(from));
      }
    }
    changeRow(state, pick(List.copyOf(state.tables.keySet())), to);
  }

  void merge(StateSketch state, int from, int to) {
    state.exact.replaceAll((a, was) -> was == from ? to : was);
    if (to != PeerClass.OWN_NODE) {
      state.prefixes.replaceAll((p, was) -> was == from ? to : was);
    }
  }
}
