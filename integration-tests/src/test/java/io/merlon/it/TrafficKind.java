package io.merlon.it;

/**
 * A kind of traffic, and how much slower or slower at least it may be: a time's ratio is to stay
 * below its budget, a rate's above.
 */
enum TrafficKind {
  TCP("TCP round trip", true, 1.08, 1.12),
  UDP("UDP round trip", true, 1.08, 1.12),
  CONNECT("connect, request, close", true, 1.08, 1.12),
  STREAM("TCP stream, no TSO", false, 0.90, 0.86),
  PACKETS("UDP packets/s", false, 0.88, 0.86);

  final String title;
  final boolean time;
  final double tcx;
  final double clsact;

  TrafficKind(String title, boolean time, double tcx, double clsact) {
    this.title = title;
    this.time = time;
    this.tcx = tcx;
    this.clsact = clsact;
  }

  double ratio(double rate, double without) {
    return time ? without / rate : rate / without;
  }

  boolean within(double ratio, double budget) {
    return time ? ratio <= budget : ratio >= budget;
  }
}
