package io.merlon.agent.interfaces;

import io.merlon.agent.identity.PodRef;

/** Which pod an interface belongs to, and since when no more. */
public sealed interface LinkMatch {
  Link link();

  PodRef pod();

  record Found(Link link, PodRef pod) implements LinkMatch {}

  /** The interface is gone, has another name, or nobody expects it to be the pod's any more. */
  record Lost(Link link, PodRef pod) implements LinkMatch {}
}
