package io.merlon.datapath;

/** The programs, by where they are attached. */
public enum Hook {
  /** Ingress of a pod's host-side interface: the pod's egress. */
  FROM_POD("from_pod"),
  /** Egress of it: the pod's ingress. */
  TO_POD("to_pod"),
  /** Egress of the node's uplink. */
  UPLINK("uplink");

  private final String program;

  Hook(String program) {
    this.program = program;
  }

  public String program() {
    return program;
  }
}
