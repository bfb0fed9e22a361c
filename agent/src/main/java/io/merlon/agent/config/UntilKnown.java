package io.merlon.agent.config;

/** What happens to the packets of a pod nothing is known about yet. */
public enum UntilKnown {
  ALLOW,
  DENY
}
