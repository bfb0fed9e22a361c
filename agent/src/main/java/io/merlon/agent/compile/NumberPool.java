package io.merlon.agent.compile;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Small numbers with a meaning in the kernel. A number given back has its old meaning there until
 * the state without it is in force; only after {@link #settled} it is given out again.
 */
final class NumberPool {
  private final Deque<Integer> free = new ArrayDeque<>();
  private final List<Integer> givenBack = new ArrayList<>();
  private int next;

  NumberPool(int first) {
    this.next = first;
  }

  int take() {
    Integer number = free.poll();
    return number == null ? next++ : number;
  }

  void giveBack(int number) {
    givenBack.add(number);
  }

  /** Whatever was given back before now is forgotten in the kernel. */
  void settled() {
    free.addAll(givenBack);
    givenBack.clear();
  }
}
