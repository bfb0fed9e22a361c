package io.merlon.agent.interfaces;

import io.merlon.agent.identity.Address;

/**
 * What happened to the node's interfaces and to the routes that lead to single addresses. What is
 * told is what changed since the last event: a message twice said by the kernel is one event.
 */
public sealed interface LinkEvent {
  record Appeared(Link link) implements LinkEvent {}

  /** It has the same index, and something else is not as it was: its name, say. */
  record Changed(Link before, Link link) implements LinkEvent {}

  record Vanished(Link link) implements LinkEvent {}

  /** The route to this one address (a /32 or /128) goes by an interface. */
  record RouteAdded(Address address, int ifindex) implements LinkEvent {}

  record RouteRemoved(Address address, int ifindex) implements LinkEvent {}

  /**
   * Everything that is there has been told. It comes again when the kernel had more to say than was
   * read in time and all was asked for anew.
   */
  record Synced() implements LinkEvent {}

  /** Nothing more will be told: the kernel cannot be heard any more. */
  record Ended(String reason) implements LinkEvent {}
}
