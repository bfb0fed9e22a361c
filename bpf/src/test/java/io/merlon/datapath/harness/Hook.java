package io.merlon.datapath.harness;

/** Where a program hangs: both sides of a pod's host interface, and the node's way out. */
public enum Hook {
  FROM_POD,
  TO_POD,
  UPLINK
}
