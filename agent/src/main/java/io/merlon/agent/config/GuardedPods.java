package io.merlon.agent.config;

/** Whose way to the instance metadata service is closed. */
public enum GuardedPods {
  OFF,
  /** That of pods with a role of their own: they need the node's credentials least. */
  PODS_WITH_ROLE,
  ALL_PODS
}
