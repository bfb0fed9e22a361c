package io.merlon.agent.verify;

import io.merlon.agent.identity.PodRef;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Goes through all there is to compare, a part in each round, and begins anew when it is through. A
 * difference stands until its part was compared again. Not for more than one thread.
 */
public final class Rounds {
  private static final int MOST = 10_000;

  private final int podsInPart;
  private final Duration atMost;
  private final Map<Discrepancy, Long> standing = new HashMap<>();
  private long passes;
  private int turn;
  private int of = 1;
  private @Nullable PodRef after;

  /**
   * Begins.
   *
   * @param podsInPart about so many pods of the cluster are looked at in a round
   * @param atMost how long a round may take
   */
  public Rounds(int podsInPart, Duration atMost) {
    this.podsInPart = podsInPart;
    this.atMost = atMost;
  }

  /** What is to be compared next. */
  public Part next(int podsOfCluster) {
    if (turn == 0 && after == null) {
      of = Math.max(1, Math.ceilDiv(podsOfCluster, podsInPart));
    }
    return new Part(turn, of, after, null, atMost);
  }

  /**
   * Notes what came of the part that was next.
   *
   * @param reached the pod it came to, null if it came through
   * @param found what differs for sure
   */
  public void done(@Nullable PodRef reached, Collection<Discrepancy> found) {
    for (Discrepancy difference : found) {
      if (standing.size() < MOST) {
        standing.put(difference, passes);
      }
    }
    after = reached;
    if (reached == null) {
      turn = (turn + 1) % of;
      if (turn == 0) {
        standing.values().removeIf(pass -> pass < passes);
        passes++;
      }
    }
  }

  /** How often it was through with everything. */
  public long passes() {
    return passes;
  }

  /** How many differences stand. */
  public int differences() {
    return standing.size();
  }
}
