package io.merlon.agent.plan;

import io.merlon.agent.compile.Mode;
import io.merlon.agent.identity.Address;
import java.util.List;

/**
 * How a local pod's interface is enforced.
 *
 * @param subject whose table judges it
 * @param end of the mode, in seconds since boot: from then on the kernel enforces, whether or not
 *     an agent lives; 0: none
 * @param addresses the pod's own
 */
public record Endpoint(int subject, Mode mode, int end, List<Address> addresses) {
  public Endpoint {
    addresses = List.copyOf(addresses);
  }

  /** Whose mode does not end by itself. */
  public Endpoint(int subject, Mode mode, List<Address> addresses) {
    this(subject, mode, 0, addresses);
  }

  Endpoint withSubject(int other) {
    return new Endpoint(other, mode, end, addresses);
  }

  /** In another mode, which may end by itself. */
  public Endpoint with(Mode other, int itsEnd) {
    return new Endpoint(subject, other, itsEnd, addresses);
  }

  /** The mode without what ends by itself: only enforcement is suspended for a while. */
  public Mode lasting() {
    return end == 0 ? mode : Mode.ENFORCE;
  }

  /** How the kernel takes it at a second since boot. */
  public Endpoint asOf(long second) {
    return end != 0 && end <= second ? with(Mode.ENFORCE, 0) : this;
  }

  /** Whether what its table denies is dropped. */
  boolean isEnforced() {
    return switch (mode) {
      case OBSERVE, AUDIT -> false;
      case ENFORCE -> true;
    };
  }

  /** Whether its flows must not go on as they were judged under another one. */
  boolean isStricterThan(Endpoint other) {
    return !other.isEnforced() && (isEnforced() || (end != 0 && other.end() == 0));
  }

  /** This endpoint, but unenforced if the other one is. What ends by itself may have ended. */
  Endpoint looseAs(Endpoint other) {
    return lasting() == Mode.ENFORCE && !other.isEnforced()
        ? with(other.mode(), other.end())
        : this;
  }
}
