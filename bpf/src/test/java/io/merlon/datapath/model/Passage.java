package io.merlon.datapath.model;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Direction;
import io.merlon.datapath.harness.FlowKey;
import io.merlon.datapath.harness.Hook;
import io.merlon.datapath.model.Datagram.Shape;

/** One packet at one hook, seen from the pod's side. */
record Passage(Hook hook, int line, int mark, Datagram datagram) {

  Direction direction() {
    return hook == Hook.TO_POD ? Direction.INGRESS : Direction.EGRESS;
  }

  Address pod() {
    return hook == Hook.TO_POD ? datagram.destination() : datagram.source();
  }

  Address peer() {
    return hook == Hook.TO_POD ? datagram.source() : datagram.destination();
  }

  Shape shape() {
    return datagram.transport().shape();
  }

  FlowKey key() {
    int source = datagram.transport().sourcePort();
    int destination = datagram.transport().destinationPort();
    return hook == Hook.TO_POD
        ? new FlowKey(line, pod(), peer(), destination, source, datagram.protocol())
        : new FlowKey(line, pod(), peer(), source, destination, datagram.protocol());
  }

  /** A mark counts where the agent's programs expect one: not on what a pod itself sends. */
  boolean isMarked() {
    return hook != Hook.FROM_POD && Party.isMark(mark);
  }

  /** The mark an entry must carry to be this packet's. */
  int entryMark() {
    return isMarked() ? mark : 0;
  }
}
