package io.merlon.agent.compile;

import java.util.Arrays;

/** Sets of test numbers, as ascending arrays that are never written to again. */
final class TestNumbers {
  static final int[] NONE = new int[0];

  private TestNumbers() {}

  static int[] union(int[] a, int[] b) {
    if (a.length == 0 || b.length == 0) {
      return a.length == 0 ? b : a;
    }
    int[] all = new int[a.length + b.length];
    int count = 0;
    int i = 0;
    int j = 0;
    while (i < a.length || j < b.length) {
      int next = j == b.length || (i < a.length && a[i] <= b[j]) ? a[i] : b[j];
      all[count++] = next;
      i += i < a.length && a[i] == next ? 1 : 0;
      j += j < b.length && b[j] == next ? 1 : 0;
    }
    return Arrays.copyOf(all, count);
  }

  static boolean contains(int[] numbers, int number) {
    return Arrays.binarySearch(numbers, number) >= 0;
  }

  static int[] with(int[] numbers, int number) {
    return union(numbers, new int[] {number});
  }

  static int[] without(int[] numbers, int number) {
    int at = Arrays.binarySearch(numbers, number);
    if (at < 0) {
      return numbers;
    }
    int[] rest = new int[numbers.length - 1];
    System.arraycopy(numbers, 0, rest, 0, at);
    System.arraycopy(numbers, at + 1, rest, at, rest.length - at);
    return rest;
  }
}
