package io.merlon.agent.plan;

import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.compile.VerdictTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Writes, switches and frees tables, and follows how much room they take. */
final class TableSteps {
  private final List<PlanStep> steps;
  private final ToLongFunction<VerdictTable> words;
  private final Map<VerdictTable, Integer> written = new HashMap<>();
  private final Map<Integer, Integer> users = new HashMap<>();
  private PersistentMap<Integer, Integer> subjects;
  private PersistentMap<Integer, VerdictTable> tables;
  private long room;
  private long peak;

  TableSteps(ObservedState observed, List<PlanStep> steps, ToLongFunction<VerdictTable> words) {
    this.steps = steps;
    this.words = words;
    this.subjects = observed.subjects();
    this.tables = observed.tables();
    subjects.values().forEach(table -> users.merge(table, 1, Integer::sum));
    observed
        .tables()
        .forEach((number, table) -> {
          room += words.applyAsLong(table);
          if (users.containsKey(number)) {
            written.put(table, number);
          } else {
            free(number, table);
          }
        });
    peak = Math.max(peak, room);
  }

  PersistentMap<Integer, Integer> subjects() {
    return subjects;
  }

  PersistentMap<Integer, VerdictTable> tables() {
    return tables;
  }

  /** The most room that tables take at any moment. */
  long peak() {
    return peak;
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
      if (old != null) {
        release(old);
      }
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
    room += words.applyAsLong(content);
    peak = Math.max(peak, room);
    return number;
  }

  private void release(int table) {
    if (users.merge(table, -1, Integer::sum) == 0) {
      users.remove(table);
      VerdictTable content = tables.get(table);
      if (content != null) {
        free(table, content);
      }
    }
  }

  private void free(int table, VerdictTable content) {
    steps.add(new PlanStep.FreeTable(table));
    tables = tables.without(table);
    written.remove(content, table);
    room -= words.applyAsLong(content);
  }
}
