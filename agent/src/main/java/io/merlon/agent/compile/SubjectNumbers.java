package io.merlon.agent.compile;

import io.merlon.agent.identity.WorkloadRef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The numbers of subjects. A number has counters in the kernel, and these are one workload's: what
 * a process before this one left there is given to the same workload or, until the kernel has
 * forgotten it, to nobody.
 */
final class SubjectNumbers {
  private final Deque<Integer> free = new ArrayDeque<>();
  private final List<Integer> givenBack = new ArrayList<>();
  private final Map<WorkloadRef, Deque<Integer>> left = new HashMap<>();
  private final Set<Integer> taken;
  private int next;

  /** Begins with what the kernel has already. */
  SubjectNumbers(Map<Integer, WorkloadRef> inKernel) {
    taken = new HashSet<>(inKernel.keySet());
    inKernel.forEach((number, workload) -> {
      if (!workload.equals(WorkloadRef.NONE)) {
        left.computeIfAbsent(workload, w -> new ArrayDeque<>()).add(number);
      }
    });
  }

  int take(WorkloadRef workload) {
    Deque<Integer> own = left.get(workload);
    Integer number = own == null ? null : own.poll();
    number = number == null ? free.poll() : number;
    if (number != null) {
      return number;
    }
    while (taken.contains(next)) {
      next++;
    }
    return next++;
  }

  void giveBack(int number) {
    givenBack.add(number);
  }

  /** Whatever was given back before now, or never asked for, is forgotten in the kernel. */
  void settled() {
    free.addAll(givenBack);
    givenBack.clear();
    left.values().forEach(free::addAll);
    left.clear();
  }
}
