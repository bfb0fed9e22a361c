package io.merlon.agent.plan;

import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.compile.VerdictTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes, switches and frees tables, and follows how much room they take. */
final class TableSteps {
  private final List<PlanStep> steps;
  private final Map<VerdictTable, Integer> written = new HashMap<>();
  private final Map<Integer, Integer> users = new HashMap<>();
  private final RoomUse words;
  private final RoomUse counters;
  private PersistentMap<Integer, Integer> subjects;
  private PersistentMap<Integer, VerdictTable> tables;

  TableSteps(ObservedState observed, List<PlanStep> steps, Capacities capacities) {
    this.steps = steps;
    this.subjects = observed.subjects();
    this.tables = observed.tables();
    this.words = new RoomUse(capacities.tables(), observed.tables().values());
    this.counters =
        new RoomUse(
            capacities.counters(),
            observed.subjects().values().stream()
                .flatMap(table -> Stream.ofNullable(observed.tables().get(table)))
                .toList());
    subjects.values().forEach(table -> users.merge(table, 1, Integer::sum));
    observed
        .tables()
        .forEach((number, table) -> {
          if (users.containsKey(number)) {
            written.put(table, number);
          } else {
            free(number, table);
          }
        });
  }

  PersistentMap<Integer, Integer> subjects() {
    return subjects;
  }

  PersistentMap<Integer, VerdictTable> tables() {
    return tables;
  }

  /** The room for the tables' words. */
  RoomUse words() {
    return words;
  }

  /** The room for the counters of subjects. */
  RoomUse counters() {
    return counters;
  }

  /** Lets a subject be judged by a table, which is written if it is not there yet. */
  void switchTo(int subject, VerdictTable content) {
    Integer table = written.get(content);
    if (table == null) {
      table = write(content);
    }
    Integer old = subjects.get(subject);
    if (!table.equals(old)) {
      steps.add(new PlanStep.SwitchSubject(subject, table));
      subjects = subjects.with(subject, table);
      users.merge(table, 1, Integer::sum);
      counters.take(content);
      release(old);
    }
  }

  void drop(int subject) {
    Integer table = subjects.get(subject);
    if (table != null) {
      steps.add(new PlanStep.DropSubject(subject));
      subjects = subjects.without(subject);
      release(table);
    }
  }

  private int write(VerdictTable content) {
    int number = 0;
    while (tables.containsKey(number)) {
      number++;
    }
    steps.add(new PlanStep.WriteTable(number, content));
    tables = tables.with(number, content);
    written.put(content, number);
    words.take(content);
    return number;
  }

  private void release(@Nullable Integer table) {
    VerdictTable content = table == null ? null : tables.get(table);
    if (table == null || content == null) {
      return;
    }
    counters.giveBack(content);
    if (users.merge(table, -1, Integer::sum) == 0) {
      users.remove(table);
      free(table, content);
    }
  }

  private void free(int table, VerdictTable content) {
    steps.add(new PlanStep.FreeTable(table));
    tables = tables.without(table);
    written.remove(content, table);
    words.giveBack(content);
  }
}
