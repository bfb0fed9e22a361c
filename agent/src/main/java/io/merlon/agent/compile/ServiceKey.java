package io.merlon.agent.compile;

import io.merlon.agent.identity.Address;
import io.merlon.agent.policy.Protocol;
import java.util.Comparator;

/** A service as a client sees it: one of its virtual addresses, and one of its ports. */
public record ServiceKey(Address address, Protocol protocol, int port)
    implements Comparable<ServiceKey> {
  private static final Comparator<ServiceKey> ORDER =
      Comparator.comparing(ServiceKey::address)
          .thenComparing(ServiceKey::protocol)
          .thenComparingInt(ServiceKey::port);

  @Override
  public int compareTo(ServiceKey other) {
    return ORDER.compare(this, other);
  }

  @Override
  public int hashCode() {
    return (address.hashCode() * 31 + protocol.index()) * 31 + port;
  }
}
