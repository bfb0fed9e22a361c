package io.merlon.agent.policy;

/** The tiers, in the order in which they are asked. */
public enum Tier {
  ADMIN,
  /** Final for a pod that it isolates: order plays no part inside, and nothing passes. */
  NETWORK_POLICY,
  BASELINE
}
