package io.merlon.datapath.fuzz;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Hook;
import io.merlon.datapath.packet.Packet;
import io.merlon.datapath.packet.Payload;

/** Two ends that have something to say to each other, so that answers and follow-ups happen. */
record Talk(int line, Address pod, Address peer, int podPort, int peerPort, int protocol) {

  Address source(Hook hook) {
    return hook == Hook.TO_POD ? peer : pod;
  }

  Address destination(Hook hook) {
    return hook == Hook.TO_POD ? pod : peer;
  }

  int sourcePort(Hook hook) {
    return hook == Hook.TO_POD ? peerPort : podPort;
  }

  int destinationPort(Hook hook) {
    return hook == Hook.TO_POD ? podPort : peerPort;
  }

  Packet between(Hook hook) {
    return Packet.between(source(hook), destination(hook));
  }

  /** With a transport header; what it does is the number's affair: TCP flags or SCTP chunk. */
  Packet packet(Hook hook, int doing, int data) {
    int source = sourcePort(hook);
    int destination = destinationPort(hook);
    Payload payload =
        switch (protocol) {
          case Payload.TCP -> new Payload.Tcp(source, destination, doing, 0, data);
          case Payload.UDP -> new Payload.Udp(source, destination, data);
          case Payload.SCTP -> new Payload.Sctp(source, destination, doing, data);
          default -> new Payload.Opaque(protocol, new byte[data]);
        };
    return between(hook).with(payload);
  }
}
