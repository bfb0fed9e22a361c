package io.merlon.agent.policy;

/** What a rule does with what it matches. */
public enum Action {
  ACCEPT,
  DENY,
  /** Skips the rest of the tier. */
  PASS
}
