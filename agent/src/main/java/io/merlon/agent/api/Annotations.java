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

  /**
   * On a pod or a namespace: until when denials of its pods are reported and not carried out, and
   * why, as {@code 2026-01-31T12:00:00Z payments are down}.
   */
  public static final String BREAK_GLASS = "merlon.io/break-glass";

  /** Who set {@link #BREAK_GLASS}, and when, as {@link #MODE_SET_BY} tells it of the mode. */
  public static final String BREAK_GLASS_SET_BY = "merlon.io/break-glass-set-by";

  /** Between who and when in what tells who set an annotation. */
  public static final String SET_AT = " at ";

  private Annotations() {}
}
