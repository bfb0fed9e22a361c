package io.merlon.agent.compile;

import io.merlon.agent.compile.Row.Interval;
import io.merlon.agent.policy.PortMatch.PortRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The ports 0 to 65535, painted with decisions; what is painted later covers what was before. */
final class PortPainter {
  private int[] starts = new int[4];
  private Decision[] decisions = new Decision[4];
  private int count = 1;

  PortPainter(Decision ground) {
    decisions[0] = ground;
  }

  private PortPainter(PortPainter other) {
    starts = other.starts.clone();
    decisions = other.decisions.clone();
    count = other.count;
  }

  PortPainter copy() {
    return new PortPainter(this);
  }

  void paint(int first, int last, Decision decision) {
    int from = split(first);
    int to = last == PortRange.LAST ? count : split(last + 1);
    decisions[from] = decision;
    remove(from + 1, to);
  }

  /** Lets what {@code below} has there show through. */
  void reveal(int first, int last, PortPainter below) {
    for (int i = 0; i < below.count; i++) {
      int start = Math.max(first, below.starts[i]);
      int end = Math.min(last, i + 1 < below.count ? below.starts[i + 1] - 1 : PortRange.LAST);
      if (start <= end) {
        paint(start, end, below.decisions[i]);
      }
    }
  }

  /** Makes an interval begin at {@code port}, and says which one. */
  private int split(int port) {
    int found = Arrays.binarySearch(starts, 0, count, port);
    if (found >= 0) {
      return found;
    }
    int at = -found - 1;
    if (count == starts.length) {
      starts = Arrays.copyOf(starts, 2 * count);
      decisions = Arrays.copyOf(decisions, 2 * count);
    }
    System.arraycopy(starts, at, starts, at + 1, count - at);
    System.arraycopy(decisions, at, decisions, at + 1, count - at);
    starts[at] = port;
    decisions[at] = decisions[at - 1];
    count++;
    return at;
  }

  private void remove(int from, int to) {
    System.arraycopy(starts, to, starts, from, count - to);
    System.arraycopy(decisions, to, decisions, from, count - to);
    count -= to - from;
  }

  List<Interval> intervals() {
    List<Interval> intervals = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      intervals.add(new Interval(starts[i], decisions[i]));
    }
    return intervals;
  }
}
