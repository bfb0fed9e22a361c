package io.merlon.agent.api;

/** The annotations of Merlon's own that more than one room reads. */
public final class Annotations {
  /** On a pod or a namespace: what a denial does to the packets of its pods. */
  public static final String MODE = "merlon.io/mode";

  /**
   * Who set {@link #MODE}, and when, where the cluster tells. It is none of the object's own
   * annotations: what an object says under this name is not read.
   */
  public static final String MODE_SET_BY = "merlon.io/mode-set-by";

  private Annotations() {}
}
