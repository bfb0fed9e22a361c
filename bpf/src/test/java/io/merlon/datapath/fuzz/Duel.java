package io.merlon.datapath.fuzz;

import io.merlon.datapath.harness.Denial;
import io.merlon.datapath.harness.Event;
import io.merlon.datapath.harness.Fate;
import io.merlon.datapath.harness.PacketTarget;
import io.merlon.datapath.harness.Stat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Two datapaths that are told the same and must end alike. */
final class Duel {
  private static final List<Stat> STATS =
      List.of(Stat.PICKED_UP, Stat.PASSED_AS_ANSWER, Stat.UNKNOWN_PASSED, Stat.UNKNOWN_DROPPED);

  private final PacketTarget left;
  private final PacketTarget right;

  Duel(PacketTarget left, PacketTarget right) {
    this.left = left;
    this.right = right;
  }

  /**
   * The first difference, from a fresh start: of a packet's fate, or at the end of what is held.
   */
  Optional<String> fight(List<Step> steps) {
    left.reset();
    right.reset();
    left.events(true, true);
    right.events(true, true);
    for (int i = 0; i < steps.size(); i++) {
      switch (steps.get(i)) {
        case Step.Change change -> {
          change.apply(left);
          change.apply(right);
        }
        case Step.Send send -> {
          Fate one = left.fate(send.hook(), send.line(), send.frame());
          Fate other = right.fate(send.hook(), send.line(), send.frame());
          if (!agree(one, other, send)) {
            return Optional.of("step %d: %s / %s".formatted(i, one, other));
          }
        }
      }
    }
    return holdings();
  }

  /** Whether a scattered frame that passed was marked, nobody sees. */
  private static boolean agree(Fate one, Fate other, Step.Send send) {
    return send.frame().isScattered()
        ? (one == Fate.DROPPED) == (other == Fate.DROPPED)
        : one == other;
  }

  private Optional<String> holdings() {
    List<String> differences = new ArrayList<>();
    compare("counter", left.counters(), right.counters(), differences);
    compare("flow", left.flows(), right.flows(), differences);
    List<Event> all = left.drainEvents();
    List<Event> others = right.drainEvents();
    compare("denials", denials(left, all), denials(right, others), differences);
    List<Event> one = beginnings(all);
    List<Event> other = beginnings(others);
    for (int i = 0; i < Math.max(one.size(), other.size()); i++) {
      Event begun = i < one.size() ? one.get(i) : null;
      Event alsoBegun = i < other.size() ? other.get(i) : null;
      if (!Objects.equals(begun, alsoBegun)) {
        differences.add("event %d: %s / %s".formatted(i, begun, alsoBegun));
        break;
      }
    }
    for (Stat stat : STATS) {
      if (left.stat(stat) != right.stat(stat)) {
        differences.add("%s: %d / %d".formatted(stat, left.stat(stat), right.stat(stat)));
      }
    }
    return differences.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", differences));
  }

  private static List<Event> beginnings(List<Event> events) {
    return events.stream().filter(event -> event.kind() == Event.Kind.ALLOWED).toList();
  }

  /**
   * Denied packets, whether told one by one, in sums, or not yet: none is forgotten, none twice.
   */
  private static Map<Denial, Long> denials(PacketTarget target, List<Event> events) {
    Map<Denial, Long> denials = new HashMap<>(target.untold());
    for (Event event : events) {
      if (event.denied() > 0) {
        denials.merge(event.denial(), event.denied(), Long::sum);
      }
    }
    return denials;
  }

  private static <K, V> void compare(
      String what, Map<K, V> one, Map<K, V> other, List<String> differences) {
    Set<K> keys = new HashSet<>(one.keySet());
    keys.addAll(other.keySet());
    for (K key : keys) {
      if (!Objects.equals(one.get(key), other.get(key))) {
        differences.add("%s %s: %s / %s".formatted(what, key, one.get(key), other.get(key)));
      }
    }
  }
}
