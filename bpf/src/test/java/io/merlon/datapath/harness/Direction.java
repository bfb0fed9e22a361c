package io.merlon.datapath.harness;

/** As the pod sees it. */
public enum Direction {
  EGRESS,
  INGRESS;

  public Direction other() {
    return this == EGRESS ? INGRESS : EGRESS;
  }
}
