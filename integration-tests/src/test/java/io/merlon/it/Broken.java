package io.merlon.it;

/**
 * What ought to be zero of pods that hold connections to a server and open others.
 *
 * @param connections of those held
 * @param beginnings of connections, and answers to such, that were sent again
 * @param attempts to connect that failed
 * @param pods restarts of them
 */
record Broken(long connections, long segments, long beginnings, long attempts, long pods) {
  static final Broken NOTHING = new Broken(0, 0, 0, 0, 0);

  /**
   * So far.
   *
   * @param others which are not to restart
   */
  static Broken so(
      ClusterPods of,
      ClusterPods.Spec holder,
      ClusterPods.Spec opener,
      ClusterPods.Spec server,
      ClusterPods.Spec others) {
    return new Broken(
        of.said(holder).getOrDefault("lost", 1L),
        of.segmentsLost(holder, opener, server),
        of.beginningsResent(holder, opener, server),
        of.said(opener).getOrDefault("failed", 1L),
        of.restarts(server, holder, opener, others));
  }

  /** Since then: while they start not everybody has heard of them. */
  Broken since(Broken before) {
    return new Broken(
        connections - before.connections,
        segments - before.segments,
        beginnings - before.beginnings,
        attempts - before.attempts,
        pods - before.pods);
  }

  @Override
  public String toString() {
    return "%d, %d, %d, %d, %d".formatted(connections, segments, beginnings, attempts, pods);
  }
}
