package io.merlon.agent.policy;

/** The way of a connection, as its subject pod sees it. */
public enum Direction {
  INGRESS,
  EGRESS
}
