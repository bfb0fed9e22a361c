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
}
