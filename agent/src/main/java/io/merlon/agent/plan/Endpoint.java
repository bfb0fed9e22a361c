package io.merlon.agent.plan;

import io.merlon.agent.compile.Mode;
import io.merlon.agent.identity.Address;
import java.util.List;

/**
 * How a local pod's interface is enforced.
 *
 * @param subject whose table judges it
 * @param addresses the pod's own
 */
public record Endpoint(int subject, Mode mode, List<Address> addresses) {
  public Endpoint {
    addresses = List.copyOf(addresses);
  }

  Endpoint withSubject(int other) {
    return new Endpoint(other, mode, addresses);
  }

  /** Whether what its table denies is dropped. */
  boolean isEnforced() {
    return switch (mode) {
      case OBSERVE, AUDIT -> false;
      case ENFORCE -> true;
    };
  }

  /** This endpoint, but unenforced if the other one is. */
  Endpoint looseAs(Endpoint other) {
    return isEnforced() && !other.isEnforced()
        ? new Endpoint(subject, other.mode(), addresses)
        : this;
  }
}
