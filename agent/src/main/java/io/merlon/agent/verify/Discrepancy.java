package io.merlon.agent.verify;

import io.merlon.agent.identity.PodRef;

/**
 * Something the kernel does that the policies do not say.
 *
 * @param pod whose
 * @param text what, in one line
 */
public record Discrepancy(Kind kind, PodRef pod, String text) {
  /** What is wrong. */
  public enum Kind {
    /** It lets through what policies deny. */
    OPEN,
    /** It denies what policies allow. */
    CLOSED,
    /** It enforces nothing for a pod that runs here. */
    NOT_ENFORCED,
    /** It enforces in another mode. */
    MODE,
    /** It takes other addresses for the pod's own. */
    ADDRESSES,
    /** It allows something to a pod the cluster no longer has. */
    FORGOTTEN
  }

  @Override
  public String toString() {
    return kind + " " + pod + " " + text;
  }
}
