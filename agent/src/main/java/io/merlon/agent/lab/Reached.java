package io.merlon.agent.lab;

/** What came of a connection attempt. A denied one times out (semantics, Tiers 9). */
enum Reached {
  CONNECTED,
  REFUSED,
  TIMED_OUT
}
