package io.merlon.agent.program;

import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/** Numbers from 0 up to a size, handed out in runs: the lowest run that fits. */
final class Space {
  private final TreeMap<Integer, Integer> free = new TreeMap<>();

  Space(int size) {
    free.put(0, size);
  }

  OptionalInt take(int length) {
    for (Map.Entry<Integer, Integer> run : free.entrySet()) {
      if (run.getValue() >= length) {
        int at = run.getKey();
        cut(at, run.getValue(), at, length);
        return OptionalInt.of(at);
      }
    }
    return OptionalInt.empty();
  }

  /** Takes a certain run; whether all of it was free. */
  boolean take(int at, int length) {
    Map.Entry<Integer, Integer> run = free.floorEntry(at);
    if (run == null || length <= 0 || at + length > run.getKey() + run.getValue()) {
      return false;
    }
    cut(run.getKey(), run.getValue(), at, length);
    return true;
  }

  private void cut(int runAt, int runLength, int at, int length) {
    free.remove(runAt);
    if (at > runAt) {
      free.put(runAt, at - runAt);
    }
    int rest = runAt + runLength - at - length;
    if (rest > 0) {
      free.put(at + length, rest);
    }
  }

  void give(int at, int length) {
    int start = at;
    int end = at + length;
    Map.Entry<Integer, Integer> before = free.floorEntry(at);
    if (before != null && before.getKey() + before.getValue() == start) {
      start = before.getKey();
    }
    Integer after = free.remove(end);
    if (after != null) {
      end += after;
    }
    free.put(start, end - start);
  }

  /** How many numbers are free. */
  long free() {
    return free.values().stream().mapToLong(Integer::longValue).sum();
  }
}
