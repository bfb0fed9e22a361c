package io.merlon.agent.compile;

import io.merlon.agent.policy.Protocol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a subject does with one peer class in one direction. Per protocol, intervals of ports cover
 * everything from 0 to 65535: each reaches from its start to the next one's. Neighbours differ, and
 * {@link Protocol#OTHER} has exactly one.
 */
public final class Row {
  private static final int PROTOCOLS = Protocol.values().length;

  private final int[][] starts;
  private final Decision[][] decisions;
  private final int hash;

  private Row(int[][] starts, Decision[][] decisions) {
    this.starts = starts;
    this.decisions = decisions;
    this.hash = Arrays.deepHashCode(starts) * 31 + Arrays.deepHashCode(decisions);
  }

  /** Where an interval begins, and what holds in it. */
  public record Interval(int start, Decision decision) {}

  /** The row in which one decision holds for everything. */
  public static Row of(Decision decision) {
    Builder builder = new Builder();
    for (Protocol protocol : Protocol.values()) {
      builder.set(protocol, List.of(new Interval(0, decision)));
    }
    return builder.build();
  }

  public Decision decide(Protocol protocol, int port) {
    int[] of = starts[protocol.index()];
    int found = Arrays.binarySearch(of, protocol.hasPorts() ? port : 0);
    return decisions[protocol.index()][found >= 0 ? found : -found - 2];
  }

  public boolean allowsEverything() {
    for (Decision[] of : decisions) {
      for (Decision decision : of) {
        if (!decision.allows()) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether everything is allowed here that the other row allows. */
  public boolean allowsAllOf(Row other) {
    if (equals(other)) {
      return true;
    }
    for (Protocol protocol : Protocol.values()) {
      if (!allowsAllOf(other, protocol, starts[protocol.index()])
          || !allowsAllOf(other, protocol, other.starts[protocol.index()])) {
        return false;
      }
    }
    return true;
  }

  private boolean allowsAllOf(Row other, Protocol protocol, int[] ports) {
    for (int port : ports) {
      if (other.decide(protocol, port).allows() && !decide(protocol, port).allows()) {
        return false;
      }
    }
    return true;
  }

  /** This row, but denied also where the other one denies. */
  Row narrowedBy(Row other) {
    Builder builder = new Builder();
    for (Protocol protocol : Protocol.values()) {
      TreeMap<Integer, Decision> narrowed = new TreeMap<>();
      for (int start : starts[protocol.index()]) {
        narrowed.put(start, narrower(decide(protocol, start), other.decide(protocol, start)));
      }
      for (int start : other.starts[protocol.index()]) {
        narrowed.put(start, narrower(decide(protocol, start), other.decide(protocol, start)));
      }
      List<Interval> intervals = new ArrayList<>();
      narrowed.forEach((start, decision) -> intervals.add(new Interval(start, decision)));
      builder.set(protocol, intervals);
    }
    return builder.build();
  }

  /** Between equal verdicts the cookie decides, for signatures have no order of their own. */
  private static Decision narrower(Decision one, Decision other) {
    if (one.verdict() != other.verdict()) {
      return one.allows() ? other : one;
    }
    return one.cookie() <= other.cookie() ? one : other;
  }

  public List<Interval> intervals(Protocol protocol) {
    int[] of = starts[protocol.index()];
    List<Interval> intervals = new ArrayList<>(of.length);
    for (int i = 0; i < of.length; i++) {
      intervals.add(new Interval(of[i], decisions[protocol.index()][i]));
    }
    return intervals;
  }

  public int intervalCount() {
    int count = 0;
    for (int[] of : starts) {
      count += of.length;
    }
    return count;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof Row row
            && hash == row.hash
            && Arrays.deepEquals(starts, row.starts)
            && Arrays.deepEquals(decisions, row.decisions));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Protocol protocol : Protocol.values()) {
      text.append(protocol).append(' ').append(intervals(protocol)).append(' ');
    }
    return text.toString().strip();
  }

  /** Takes the intervals of each protocol; neighbours that agree become one. */
  public static final class Builder {
    private final int[][] starts = new int[PROTOCOLS][];
    private final Decision[][] decisions = new Decision[PROTOCOLS][];

    public Builder set(Protocol protocol, List<Interval> intervals) {
      if (intervals.isEmpty() || intervals.getFirst().start() != 0) {
        throw new IllegalArgumentException("intervals of " + protocol + " do not start at 0");
      }
      int[] of = new int[intervals.size()];
      Decision[] holds = new Decision[intervals.size()];
      int count = 0;
      for (Interval interval : intervals) {
        if (count > 0 && holds[count - 1].equals(interval.decision())) {
          continue;
        }
        of[count] = interval.start();
        holds[count++] = interval.decision();
      }
      if (!protocol.hasPorts() && count > 1) {
        throw new IllegalArgumentException(protocol + " has no ports to tell apart");
      }
      starts[protocol.index()] = Arrays.copyOf(of, count);
      decisions[protocol.index()] = Arrays.copyOf(holds, count);
      return this;
    }

    public Row build() {
      for (Protocol protocol : Protocol.values()) {
        if (starts[protocol.index()] == null) {
          throw new IllegalStateException("no intervals for " + protocol);
        }
      }
      return new Row(starts.clone(), decisions.clone());
    }
  }
}
