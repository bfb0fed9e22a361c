package io.merlon.agent.plan;

import io.merlon.agent.compile.PeerClass;
import io.merlon.agent.compile.ServiceTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The order of entries among themselves, so that at every moment every address is in its old class
 * or in its new one.
 *
 * <p>Services come before the addresses they would otherwise be judged as, and go after them; but
 * at the node's own addresses nobody asks for services, so these come before them, and services
 * that go go before these. An exact entry comes before the prefixes that would otherwise decide,
 * and goes after them. Prefixes come and change from the longest to the shortest: what lies in a
 * longer one already has its new class, or still its old one. They go from the shortest to the
 * longest, so that what loses its prefix falls to one that is final.
 */
final class EntrySteps {
  private final StateDiff diff;

  EntrySteps(StateDiff diff) {
    this.diff = diff;
  }

  /** Moves everything to where it belongs. */
  List<PlanStep> direct() {
    List<PlanStep> steps = new ArrayList<>();
    puts(steps, Map.of(), false);
    deletes(steps);
    return steps;
  }

  /**
   * Moves everything, but to the class of the passage where there is one; what is to be deleted
   * gets the class it will fall to.
   */
  List<PlanStep> intoPassage(Map<Integer, Integer> passages) {
    List<PlanStep> steps = new ArrayList<>();
    puts(steps, passages, true);
    return steps;
  }

  /** Moves everything out of the classes of the passage, which changes no verdict any more. */
  List<PlanStep> outOfPassage(Map<Integer, Integer> passages) {
    List<PlanStep> steps = new ArrayList<>();
    StateDiff inPassage =
        new StateDiff(
            diff.addresses().stream().filter(m -> passages.containsKey(m.target())).toList(),
            diff.prefixes().stream().filter(m -> passages.containsKey(m.target())).toList(),
            diff.services().stream().filter(m -> passages.containsKey(m.ownTarget())).toList());
    new EntrySteps(inPassage).puts(steps, Map.of(), false);
    deletes(steps);
    return steps;
  }

  private void puts(List<PlanStep> steps, Map<Integer, Integer> passages, boolean alsoDeleted) {
    for (Move.OfAddress move : diff.addresses()) {
      if (move.target() == PeerClass.OWN_NODE) {
        steps.add(new PlanStep.PutAddress(move.address(), move.target()));
      }
    }
    for (Move.OfService move : diff.services()) {
      if (move.goesUnseen()) {
        steps.add(new PlanStep.DeleteService(move.service()));
      } else if (move.after() != null || alsoDeleted) {
        steps.add(new PlanStep.PutService(move.service(), target(move, passages)));
      }
    }
    for (Move.OfAddress move : diff.addresses()) {
      if ((move.kept() || alsoDeleted) && move.target() != PeerClass.OWN_NODE) {
        int target = passages.getOrDefault(move.target(), move.target());
        steps.add(new PlanStep.PutAddress(move.address(), target));
      }
    }
    for (Move.OfPrefix move : diff.prefixes().reversed()) {
      if (move.kept() || alsoDeleted) {
        int target = passages.getOrDefault(move.target(), move.target());
        steps.add(new PlanStep.PutPrefix(move.prefix(), target));
      }
    }
  }

  private static ServiceTarget target(Move.OfService move, Map<Integer, Integer> passages) {
    if (move.after() instanceof ServiceTarget.Mixed mixed) {
      return mixed;
    }
    int target = passages.getOrDefault(move.ownTarget(), move.ownTarget());
    return new ServiceTarget.Uniform(target, move.portAfter());
  }

  private void deletes(List<PlanStep> steps) {
    for (Move.OfPrefix move : diff.prefixes()) {
      if (!move.kept()) {
        steps.add(new PlanStep.DeletePrefix(move.prefix()));
      }
    }
    for (Move.OfAddress move : diff.addresses()) {
      if (!move.kept()) {
        steps.add(new PlanStep.DeleteAddress(move.address()));
      }
    }
    for (Move.OfService move : diff.services()) {
      if (move.after() == null && !move.goesUnseen()) {
        steps.add(new PlanStep.DeleteService(move.service()));
      }
    }
  }
}
