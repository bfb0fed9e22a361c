package io.merlon.agent.program;

import io.merlon.agent.compile.Decision;
import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.datapath.Subject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which table judges each subject, and in which slots what it decides is counted. */
final class Subjects {
  private static final Subject NOBODY = new Subject(0, 0);

  private final NodeMaps maps;
  private final TableStore tables;
  private final SlotStore slots;

  /** What the map holds. */
  private final Map<Integer, Subject> subjects = new HashMap<>();

  Subjects(NodeMaps maps, TableStore tables, SlotStore slots) {
    this.maps = maps;
    this.tables = tables;
    this.slots = slots;
  }

  /**
   * What was found.
   *
   * @param bySubject the number of each subject's table
   * @param contents of tables, by number
   */
  record Found(
      PersistentMap<Integer, Integer> bySubject, PersistentMap<Integer, VerdictTable> contents) {}

  /** Takes over what is there; what cannot be read is an IllegalArgumentException. */
  Found adopt() {
    PersistentMap<Integer, Integer> numbers = PersistentMap.empty();
    PersistentMap<Integer, VerdictTable> contents = PersistentMap.empty();
    Map<Integer, Integer> byPlace = new HashMap<>();
    for (var entry : new TreeMap<>(maps.subjects().entries()).entrySet()) {
      Subject subject = entry.getValue();
      if (subject.table() == 0) {
        continue;
      }
      Integer number = byPlace.get(subject.table());
      if (number == null) {
        number = byPlace.size();
        byPlace.put(subject.table(), number);
        DecodedTable table = tables.read(subject.table(), Decision::unknown);
        require(tables.adopt(number, subject.table(), table), "table", entry.getKey());
        contents = contents.with(number, table.table());
      }
      List<Decision> decisions = tables.place(number).decisions();
      require(slots.adopt(entry.getKey(), subject.slots(), decisions), "slots", entry.getKey());
      numbers = numbers.with(entry.getKey(), number);
      subjects.put(entry.getKey(), subject);
    }
    slots.adopted();
    return new Found(numbers, contents);
  }

  private static void require(boolean own, String what, int subject) {
    if (!own) {
      throw new IllegalArgumentException(what + " of subject " + subject + " are another's too");
    }
  }

  /** A subject is judged by a table from now on. */
  void point(int subject, int table) {
    TableStore.Placed placed = tables.place(table);
    SlotBlock block = slots.propose(subject, placed.decisions());
    try {
      set(subject, new Subject(placed.at(), block.at()));
    } catch (RuntimeException failure) {
      slots.discard(block);
      throw failure;
    }
    slots.commit(block);
  }

  void drop(int subject) {
    slots.leave(subject);
    set(subject, NOBODY);
    slots.drop(subject);
  }

  private void set(int subject, Subject to) {
    maps.kernel().setSubject(subject, to);
    if (to.equals(NOBODY)) {
      subjects.remove(subject);
    } else {
      subjects.put(subject, to);
    }
  }

  /** Puts back what somebody else changed. */
  List<Repair> repair() {
    List<Repair> repairs = new ArrayList<>();
    maps.subjects()
        .entries()
        .forEach((number, found) -> {
          Subject wanted = subjects.getOrDefault(number, NOBODY);
          if (!wanted.equals(found)) {
            maps.kernel().setSubject(number, wanted);
            repairs.add(new Repair(Repair.Kind.ENTRY, "subject " + number));
          }
        });
    return repairs;
  }
}
