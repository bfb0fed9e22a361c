package io.merlon.datapath.harness;

/** What a service's virtual address and port stand for. */
public sealed interface Service {
  /** Every backend is of one class and listens on one port. */
  record Alike(PeerClass backends, int targetPort) implements Service {}

  /** The backends differ: decided after the destination is rewritten. */
  record Mixed() implements Service {}

  /** A virtual address, port and protocol. */
  record Key(Address address, int port, int protocol) {}
}
