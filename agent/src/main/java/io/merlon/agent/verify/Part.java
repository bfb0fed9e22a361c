package io.merlon.agent.verify;

import io.merlon.agent.identity.PodRef;
import io.merlon.agent.oracle.Ip;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A part of all there is to compare, so that one comparison takes little time and memory. Addresses
 * belong to parts by their hash; whoever asks only about those of one part needs to know of no
 * others, but for the node's own pods.
 *
 * @param turn which part it is
 * @param of how many there are
 * @param after the pod behind which to begin, null for the first
 * @param last the pod with which to end, null for no such
 * @param atMost when to end even so, after a pod at least
 */
public record Part(
    int turn, int of, @Nullable PodRef after, @Nullable PodRef last, Duration atMost) {
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  /** Everything at once. */
  public static final Part ALL = new Part(0, 1, null, null, Duration.ofDays(1));

  boolean has(Ip ip) {
    long hash = (ip.high() ^ ip.low()) * SPREAD;
    return of == 1 || Long.remainderUnsigned(hash >>> 16, of) == turn;
  }

  boolean has(PodRef pod) {
    return (after == null || pod.compareTo(after) > 0)
        && (last == null || pod.compareTo(last) <= 0);
  }

  /** The same pods that a comparison came to, however long it takes. */
  public Part again(@Nullable PodRef reached) {
    return new Part(turn, of, after, reached, ALL.atMost());
  }
}
