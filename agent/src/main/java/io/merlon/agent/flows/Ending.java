package io.merlon.agent.flows;

/** Whether a record is of a flow's beginning, or of which end. */
public enum Ending {
  /** None: it begins. */
  NONE(""),
  /** It was closed, or silent for too long. */
  OVER("over"),
  /** A change of policy cut it. */
  REVOKED("revoked"),
  /** The kernel's table no longer has it: its room was needed, or others began at its ends. */
  UNSEEN("unseen");

  private final String label;

  Ending(String label) {
    this.label = label;
  }

  /** As records have it. */
  public String label() {
    return label;
  }
}
