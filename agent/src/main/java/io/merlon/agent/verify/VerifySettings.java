package io.merlon.agent.verify;

import io.merlon.agent.compile.Mode;
import io.merlon.agent.config.GuardedPods;
import io.merlon.agent.glass.Breaks;

/**
 * What the node's agent was told besides the cluster's objects.
 *
 * @param node whose pods are enforced
 * @param mode of pods that ask for none
 * @param guarded whose way to the instance metadata service is closed
 * @param breaks where denials are reported only, for a time
 */
public record VerifySettings(String node, Mode mode, GuardedPods guarded, Breaks breaks) {
  public VerifySettings with(Breaks now) {
    return new VerifySettings(node, mode, guarded, now);
  }
}
