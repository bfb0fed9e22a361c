package io.merlon.agent.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A service.
 *
 * @param addresses every virtual address: cluster, external and load-balancer ones; none if
 *     headless
 */
public record Service(
    String namespace, String name, String type, List<String> addresses, List<Port> ports) {
  public Service {
    addresses = List.copyOf(addresses);
    ports = List.copyOf(ports);
  }

  /** One service port; {@code name} is null where a single port needs none. */
  public record Port(@Nullable String name, String protocol, int port, int nodePort) {}
}
