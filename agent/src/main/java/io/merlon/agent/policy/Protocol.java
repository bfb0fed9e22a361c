package io.merlon.agent.policy;

import org.jspecify.annotations.Nullable;

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

  /** The protocol that objects name so; null for one without ports or an unknown one. */
  public static @Nullable Protocol named(String name) {
    return switch (name) {
      case "TCP" -> TCP;
      case "UDP" -> UDP;
      case "SCTP" -> SCTP;
      default -> null;
    };
  }

  /** Its place in arrays by protocol. */
  public int index() {
    return index;
  }

  public boolean hasPorts() {
    return this != OTHER;
  }
}
