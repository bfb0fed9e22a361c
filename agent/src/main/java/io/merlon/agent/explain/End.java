package io.merlon.agent.explain;

import io.merlon.agent.compile.PolicyLookup.Side;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection can begin or end.
 *
 * @param name as users write it: {@code namespace/pod}, or an address
 * @param pod null for an address that is no pod's
 * @param addresses of either family; the first of a family is the one asked about
 */
public record End(String name, @Nullable PodRef pod, List<Address> addresses) {
  public End {
    addresses = List.copyOf(addresses);
  }

  public static End of(Address address) {
    return new End(address.toString(), null, List.of(address));
  }

  /** Its address of a family, or null if it has none. */
  public @Nullable Address address(boolean v6) {
    for (Address address : addresses) {
      if (address.isV6() == v6) {
        return address;
      }
    }
    return null;
  }

  Side side(Address address) {
    return new Side(pod, address);
  }

  @Override
  public String toString() {
    return name;
  }
}
