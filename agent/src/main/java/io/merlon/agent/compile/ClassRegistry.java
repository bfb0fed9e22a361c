package io.merlon.agent.compile;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The numbers of peer classes.
 *
 * <p>Two habits keep the kernel quiet. A class all of whose members change alike keeps its number
 * and changes its meaning, so that no address needs to move. And a class that loses its last member
 * stays for a while, for the next pod of its kind: a job that runs every minute makes no tables.
 */
final class ClassRegistry {
  private static final int DORMANT_LIMIT = 256;
  private static final Comparator<Map.Entry<ClassKey, Integer>> MOST_FIRST =
      Map.Entry.<ClassKey, Integer>comparingByValue().reversed();

  private final Map<ClassKey, ClassState> byKey = new HashMap<>();
  private final Set<ClassState> dormant = new LinkedHashSet<>();
  private final NumberPool numbers = new NumberPool(PeerClass.FIRST);
  private final ClassState any = new ClassState(PeerClass.ANY, ClassKey.NONE);
  private final ClassState ownNode = new ClassState(PeerClass.OWN_NODE, ClassKey.OWN_NODE);
  private final Set<ClassState> changed = new LinkedHashSet<>();

  ClassRegistry() {
    byKey.put(any.key, any);
    byKey.put(ownNode.key, ownNode);
  }

  NumberPool numbers() {
    return numbers;
  }

  Collection<ClassState> all() {
    return byKey.values();
  }

  /** Whether the class is still one; if not, its number means the any-class. */
  boolean exists(ClassState state) {
    return byKey.get(state.key) == state;
  }

  ClassState any() {
    return any;
  }

  private boolean isFixed(ClassState state) {
    return state == any || state == ownNode;
  }

  /** Puts members into the classes they should be in, and returns those that moved. */
  Set<ClassMember> settle(Map<ClassMember, ClassKey> wanted) {
    rename(wanted);
    Set<ClassMember> moved = new LinkedHashSet<>();
    for (Map.Entry<ClassMember, ClassKey> entry : wanted.entrySet()) {
      ClassMember member = entry.getKey();
      ClassState target = byKey.get(entry.getValue());
      if (target == null) {
        target = new ClassState(numbers.take(), entry.getValue());
        byKey.put(target.key, target);
        changed.add(target);
      }
      if (member.peerClass != target) {
        leave(member);
        member.peerClass = target;
        target.members++;
        dormant.remove(target);
        moved.add(member);
      }
    }
    Iterator<ClassState> oldest = dormant.iterator();
    for (int over = dormant.size() - DORMANT_LIMIT; over > 0; over--) {
      ClassState state = oldest.next();
      oldest.remove();
      end(state);
    }
    return moved;
  }

  void leave(ClassMember member) {
    ClassState state = member.peerClass;
    if (state != null) {
      member.peerClass = null;
      state.members--;
      if (state.members == 0 && !isFixed(state)) {
        dormant.add(state);
      }
    }
  }

  /** Ends the classes nobody is in, for what they mean is no longer asked. */
  void endDormant() {
    dormant.forEach(this::end);
    dormant.clear();
  }

  private void end(ClassState state) {
    byKey.remove(state.key);
    numbers.giveBack(state.number);
    changed.add(state);
  }

  private void rename(Map<ClassMember, ClassKey> wanted) {
    Map<ClassState, Map<ClassKey, Integer>> leaving = new LinkedHashMap<>();
    for (Map.Entry<ClassMember, ClassKey> entry : wanted.entrySet()) {
      ClassState from = entry.getKey().peerClass;
      if (from != null && !isFixed(from) && !from.key.equals(entry.getValue())) {
        leaving
            .computeIfAbsent(from, state -> new LinkedHashMap<>())
            .merge(entry.getValue(), 1, Integer::sum);
      }
    }
    leaving.forEach((state, targets) -> {
      int all = targets.values().stream().mapToInt(Integer::intValue).sum();
      if (all == state.members) {
        rename(state, targets);
      }
    });
  }

  private void rename(ClassState state, Map<ClassKey, Integer> targets) {
    List<Map.Entry<ClassKey, Integer>> byCount = new ArrayList<>(targets.entrySet());
    byCount.sort(MOST_FIRST);
    for (Map.Entry<ClassKey, Integer> target : byCount) {
      if (!byKey.containsKey(target.getKey())) {
        byKey.remove(state.key);
        state.key = target.getKey();
        byKey.put(state.key, state);
        changed.add(state);
        return;
      }
    }
  }

  /** The classes that are new, mean something else or ended since this was last asked. */
  List<ClassState> takeChanged() {
    List<ClassState> taken = List.copyOf(changed);
    changed.clear();
    return taken;
  }
}
