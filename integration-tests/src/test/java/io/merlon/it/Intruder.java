package io.merlon.it;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * A pod that sends datagrams to another every two milliseconds, and begins a connection every
 * twenty, in both families, whether it may or not. What it sends it counts itself; what of it
 * arrives counts the other one.
 */
final class Intruder {
  private static final Duration SOON = Duration.ofSeconds(30);

  /** As many datagrams of a family, of which none arrives, are a second and more. */
  private static final long QUIET = 500;

  private static final List<String> WAYS = List.of("udp4", "udp6", "tcp4", "tcp6");

  private final ClusterPods pods;
  private final ClusterPods.Spec pod;
  private final ClusterPods.Spec target;
  private final Map<String, String> lines;

  private Intruder(
      ClusterPods pods, ClusterPods.Spec pod, ClusterPods.Spec target, Map<String, String> lines) {
    this.pods = pods;
    this.pod = pod;
    this.target = target;
    this.lines = lines;
  }

  static Intruder start(ClusterPods pods, ClusterPods.Spec pod, ClusterPods.Spec target, int port) {
    pods.start(
        pod, "spray", "2", "" + port, pods.address(target, false), pods.address(target, true));
    Map<String, String> lines = new TreeMap<>();
    for (boolean six : new boolean[] {false, true}) {
      // An address of version six is told in full.
      String from = InetAddress.ofLiteral(pods.address(pod, six)).getHostAddress();
      lines.put("udp " + from, six ? "udp6" : "udp4");
      lines.put("tcp " + from, six ? "tcp6" : "tcp4");
    }
    return new Intruder(pods, pod, target, lines);
  }

  /** How often it sent so far, each way. */
  Map<String, Long> sent() {
    Map<String, Long> said = pods.said(pod);
    return each(way -> said.getOrDefault(way, 0L));
  }

  /** The longest time in which it sent nothing of a family. */
  long longestPauseMillis() {
    return pods.said(pod, "pause");
  }

  /** How often it arrived so far, each way. */
  Map<String, Long> arrived() {
    Map<String, Long> came = new TreeMap<>();
    for (String line : pods.arrivals(target)) {
      String way = lines.get(line);
      if (way != null) {
        came.merge(way, 1L, Long::sum);
      }
    }
    return each(way -> came.getOrDefault(way, 0L));
  }

  long allArrived() {
    return sum(arrived());
  }

  /** Waits until it comes through each way; what arrived then. */
  Map<String, Long> awaitThrough() {
    Map<String, Long> before = arrived();
    Map<String, Long> came = new TreeMap<>();
    Await.seldom(
        pod.name() + " comes through by UDP and TCP in both families",
        SOON,
        () -> {
          came.putAll(since(before, arrived()));
          return isEachWay(came);
        });
    return came;
  }

  /** Waits until it sends and nothing of it arrives any more. */
  void awaitStopped() {
    long[] last = {-1, 0};
    Await.seldom(
        pod.name() + " comes through no more",
        SOON,
        () -> {
          long sent = pods.said(pod, "udp4");
          long arrived = allArrived();
          if (arrived != last[0]) {
            last[0] = arrived;
            last[1] = sent;
          }
          return sent - last[1] > QUIET;
        });
  }

  static Map<String, Long> since(Map<String, Long> before, Map<String, Long> now) {
    return each(way -> now.getOrDefault(way, 0L) - before.getOrDefault(way, 0L));
  }

  static boolean isEachWay(Map<String, Long> counts) {
    return WAYS.stream().allMatch(way -> counts.getOrDefault(way, 0L) > 0);
  }

  static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  private static Map<String, Long> each(ToLongFunction<String> count) {
    Map<String, Long> counts = new TreeMap<>();
    WAYS.forEach(way -> counts.put(way, count.applyAsLong(way)));
    return counts;
  }
}
