package io.merlon.agent.compile;

/**
 * Peer classes are small numbers, one meaning each for the whole node: two addresses are in one
 * class if no peer and no named port in any policy for this node's pods tells them apart.
 */
public final class PeerClass {
  /** Every address no policy tells from an arbitrary one outside. */
  public static final int ANY = 0;

  /** The addresses of the node itself: always allowed, in both directions (semantics NP-17). */
  public static final int OWN_NODE = 1;

  /** The first number given to a class that policies make. */
  public static final int FIRST = 2;

  private PeerClass() {}
}
