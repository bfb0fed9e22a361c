package io.merlon.agent.compile;

/** How a connection to a service is judged before its backend is chosen (semantics NP-23). */
public sealed interface ServiceTarget {
  /** All backends are alike: as a connection to this class on this port. */
  record Uniform(int peerClass, int port) implements ServiceTarget {}

  /** Backends differ: not here, but where the connection arrives. */
  record Mixed() implements ServiceTarget {}
}
