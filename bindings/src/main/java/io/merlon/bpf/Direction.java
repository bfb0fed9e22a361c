package io.merlon.bpf;

/** A packet's direction as its interface sees it. */
public enum Direction {
  /** The interface received it. */
  INGRESS,
  /** The interface is about to send it. */
  EGRESS
}
