package io.merlon.datapath.bench;

import java.util.function.Supplier;

/** Something that happens to a packet, what it may cost, and how to find out what it costs. */
record Case(String name, boolean v6, Budget budget, Supplier<Sample> measure) {
  /** In nanoseconds over the empty program. */
  record Budget(int budget, int stretch) {}

  /** One round: the empty program, the case, and the map operations it cannot spare. */
  record Sample(int floor, int nanos, int bare) {
    int over() {
      return nanos - floor;
    }

    int maps() {
      return bare - floor;
    }
  }
}
