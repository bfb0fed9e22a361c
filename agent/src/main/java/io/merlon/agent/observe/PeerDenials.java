package io.merlon.agent.observe;

import io.merlon.agent.identity.WorkloadRef;
import java.util.HashMap;
import java.util.Map;

/**
 * Denied packets by who was at the other end: a bounded number of them by name, those that came
 * first, and all others as one.
 */
public final class PeerDenials {
  private final int most;
  private final Map<Key, Long> packets = new HashMap<>();
  private long overflowed;

  /** Whose packets, and from or to whom. */
  public record Key(
      WorkloadRef workload,
      String direction,
      Series.Outcome outcome,
      String peerKind,
      String peerNamespace,
      String peer) {
    private Key other() {
      return new Key(workload, direction, outcome, "other", "", "");
    }
  }

  /** All of them at one moment. */
  public record Counted(Map<Key, Long> packets, long overflowed) {
    public static final Counted NOTHING = new Counted(Map.of(), 0);

    public Counted {
      packets = Map.copyOf(packets);
    }
  }

  /**
   * Knows of nothing yet.
   *
   * @param most so many keys have a count of their own
   */
  public PeerDenials(int most) {
    this.most = most;
  }

  /** Counts. */
  public synchronized void add(Key key, long count) {
    if (packets.containsKey(key) || packets.size() < most) {
      packets.merge(key, count, Long::sum);
    } else {
      overflowed += count;
      packets.merge(key.other(), count, Long::sum);
    }
  }

  public synchronized Counted counted() {
    return new Counted(packets, overflowed);
  }
}
