package io.merlon.netlink;

import java.net.InetAddress;

/** What the kernel says on the routing socket. */
public sealed interface RouteMessage {
  /**
   * A link as it is now.
   *
   * @param kind such as {@code veth}; empty for hardware and loopback
   * @param hardware its own link-layer address as hexadecimal pairs, empty if it has none
   * @param peer the index of the link it is stacked on, or of a veth pair's other end; 0 if none
   * @param peerNamespace the kernel's number for the peer's network namespace, -1 if it is the same
   */
  record LinkIs(
      int ifindex,
      String name,
      String kind,
      String hardware,
      boolean up,
      int peer,
      int peerNamespace)
      implements RouteMessage {}

  record LinkGone(int ifindex) implements RouteMessage {}

  /** A unicast route to one single address. */
  record RouteIs(RouteKey key, int ifindex) implements RouteMessage {}

  record RouteGone(RouteKey key, int ifindex) implements RouteMessage {}

  /** What tells routes to the same address apart: there is one per table and priority. */
  record RouteKey(InetAddress address, int table, int priority) {}

  /**
   * All that was asked for has been told.
   *
   * @param request the number the request was given
   * @param interrupted whether something changed meanwhile so that parts may be missing
   */
  record End(int request, boolean interrupted) implements RouteMessage {}

  /** A request failed. */
  record Refused(int request, int errno) implements RouteMessage {}
}
