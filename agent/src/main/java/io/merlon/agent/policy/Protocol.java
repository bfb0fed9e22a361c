package io.merlon.agent.policy;

/** The protocols policies tell apart. */
public enum Protocol {
  TCP(0),
  UDP(1),
  SCTP(2),
  /** Everything without ports, ICMP first of all. Only rules for every protocol match it. */
  OTHER(3);

  private final int index;

  Protocol(int index) {
    this.index = index;
  }

  /** Its place in arrays by protocol. */
  public int index() {
    return index;
  }

  public boolean hasPorts() {
    return this != OTHER;
  }
}
