package io.merlon.agent.plan;

import io.merlon.agent.compile.PeerClass;
import io.merlon.agent.compile.VerdictTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * In which order tables are switched and entries moved.
 *
 * <p>An entry that moves from class {@code o} to class {@code n} is judged by the old row of {@code
 * o} before and by the new row of {@code n} afterwards. In between it must meet one of these two.
 * What stays in its class meets its old row and then its new one, by the switch of a table.
 */
sealed interface Strategy {
  /**
   * Entries move first. They may: where their classes go, no row changes, or nobody was before.
   *
   * @param fresh the classes nobody was in; their new rows are added to the old tables
   */
  record MovesFirst(Set<Integer> fresh) implements Strategy {}

  /**
   * Tables are switched first. They may: where entries come from, no row changes, or nobody stays.
   *
   * @param left the classes nobody stays in; their old rows are added to the new tables
   */
  record TablesFirst(Set<Integer> left) implements Strategy {}

  /**
   * Entries move twice, by way of classes made for the passage, because some go to classes whose
   * rows change for those who stay there.
   *
   * @param fresh as above
   * @param passages for each such class, the one that has its new row from the beginning
   */
  record ByPassage(Set<Integer> fresh, Map<Integer, Integer> passages) implements Strategy {}

  static Strategy choose(
      List<Move> moves, List<Track> tracks, ClassUse observed, ClassUse desired) {
    Set<Integer> targets = new TreeSet<>();
    Set<Integer> sources = new TreeSet<>();
    for (Move move : moves) {
      if (!move.stays()) {
        targets.add(move.target());
        sources.add(move.source());
      }
    }
    targets.removeIf(target -> !changes(target, tracks));
    sources.removeIf(source -> !changes(source, tracks));
    Set<Integer> fresh = new TreeSet<>(targets);
    fresh.removeIf(observed::contains);
    if (fresh.size() == targets.size()) {
      return new MovesFirst(fresh);
    }
    if (sources.stream().noneMatch(desired::contains)) {
      return new TablesFirst(sources);
    }
    Map<Integer, Integer> passages = new HashMap<>();
    int next = PeerClass.FIRST;
    for (int target : targets) {
      if (!fresh.contains(target)) {
        while (observed.contains(next) || desired.contains(next)) {
          next++;
        }
        passages.put(target, next++);
      }
    }
    return new ByPassage(fresh, passages);
  }

  private static boolean changes(int peerClass, List<Track> tracks) {
    return peerClass != Move.NONE && tracks.stream().anyMatch(track -> track.changes(peerClass));
  }

  /** The table a track has while entries move. */
  default VerdictTable during(Track track) {
    boolean same = track.before().equals(track.after());
    return switch (this) {
      case MovesFirst(Set<Integer> fresh) ->
          same ? track.before() : track.before().withRows(track.after(), same(fresh));
      case TablesFirst(Set<Integer> left) ->
          same ? track.after() : track.after().withRows(track.before(), same(left));
      case ByPassage(Set<Integer> fresh, Map<Integer, Integer> passages) -> {
        Map<Integer, Integer> rows = same(fresh);
        passages.forEach((target, passage) -> rows.put(passage, target));
        yield track.before().withRows(track.after(), rows);
      }
    };
  }

  /** The table a subject has once entries moved, but some are still in classes of the passage. */
  default VerdictTable afterwards(VerdictTable desired) {
    if (this instanceof ByPassage(Set<Integer> fresh, Map<Integer, Integer> passages)) {
      Map<Integer, Integer> rows = new HashMap<>();
      passages.forEach((target, passage) -> rows.put(passage, target));
      return desired.withRows(desired, rows);
    }
    return desired;
  }

  private static Map<Integer, Integer> same(Set<Integer> classes) {
    Map<Integer, Integer> rows = new HashMap<>();
    classes.forEach(number -> rows.put(number, number));
    return rows;
  }
}
