package io.merlon.agent.policy;

import org.jspecify.annotations.Nullable;

/** What a rule says about protocol and destination port. */
public sealed interface PortMatch {
  /** Every protocol with every port, and every protocol without ports. */
  record Everything() implements PortMatch {}

  /** The ports from {@code first} to {@code last}, both included, of a protocol with ports. */
  record PortRange(Protocol protocol, int first, int last) implements PortMatch {
    public static final int LAST = 65535;

    public PortRange {
      if (!protocol.hasPorts() || first < 0 || first > last || last > LAST) {
        throw new IllegalArgumentException(
            "no such ports: " + protocol + " " + first + " to " + last);
      }
    }

    public static PortRange all(Protocol protocol) {
      return new PortRange(protocol, 0, LAST);
    }
  }

  /**
   * The ports the destination pod itself declares by that name (semantics NP-13).
   *
   * @param protocol null where the name is meant for every protocol
   */
  record NamedPort(@Nullable Protocol protocol, String name) implements PortMatch {}
}
