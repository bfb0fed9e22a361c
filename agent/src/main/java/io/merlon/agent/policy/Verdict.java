package io.merlon.agent.policy;

/** What happens to a connection. */
public enum Verdict {
  ALLOW,
  DENY
}
