package io.merlon.agent.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A service.
 *
 * @param addresses every virtual address: cluster, external and load-balancer ones; none if
 *     headless
 * @param external those among them that the cluster did not give: its author may name any address
 */
public record Service(
    String namespace,
    String name,
    String type,
    List<String> addresses,
    List<String> external,
    List<Port> ports) {
  public Service {
    addresses = List.copyOf(addresses);
    external = List.copyOf(external);
    ports = List.copyOf(ports);
  }

  public Service(
      String namespace, String name, String type, List<String> addresses, List<Port> ports) {
    this(namespace, name, type, addresses, List.of(), ports);
  }

  /** One service port; {@code name} is null where a single port needs none. */
  public record Port(@Nullable String name, String protocol, int port, int nodePort) {}
}
