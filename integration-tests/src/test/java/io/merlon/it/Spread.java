package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What became of connections to a Service while nobody else connected to its servers.
 *
 * @param made how many were; the others met silence
 * @param reached how many each server accepted, in the order of the servers
 */
record Spread(int made, List<Long> reached) {
  /** So many that each of two servers is all but certain to be chosen. */
  static final int ATTEMPTS = 20;

  private static final Duration SOON = Duration.ofSeconds(10);

  static Spread of(
      ClusterPods pods, Caller caller, String address, List<ClusterPods.Spec> servers) {
    List<Long> before = accepted(pods, servers);
    int made = caller.connections(ATTEMPTS, address, ClusterService.PORT);
    Await.seldom(
        made + " of " + caller.pod() + " arrive at " + address,
        SOON,
        () -> sum(accepted(pods, servers)) - sum(before) >= made);
    List<Long> after = accepted(pods, servers);
    Spread spread =
        new Spread(
            made,
            IntStream.range(0, servers.size())
                .mapToObj(i -> after.get(i) - before.get(i))
                .toList());
    assertEquals(made, sum(spread.reached), "arrived at " + servers + ": " + spread);
    return spread;
  }

  private static List<Long> accepted(ClusterPods pods, List<ClusterPods.Spec> servers) {
    return servers.stream()
        .map(server ->
            pods.arrivals(server).stream().filter(line -> line.startsWith("tcp ")).count())
        .toList();
  }

  private static long sum(List<Long> counts) {
    return counts.stream().mapToLong(Long::longValue).sum();
  }
}
