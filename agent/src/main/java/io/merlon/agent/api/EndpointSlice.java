package io.merlon.agent.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a service's backends, with the target ports already resolved. */
public record EndpointSlice(
    String namespace,
    String name,
    String service,
    String addressType,
    List<Port> ports,
    List<Endpoint> endpoints) {
  public EndpointSlice {
    ports = List.copyOf(ports);
    endpoints = List.copyOf(endpoints);
  }

  /** A target port, matched to the service port of the same name; no number means all ports. */
  public record Port(@Nullable String name, String protocol, @Nullable Integer port) {}

  /** One backend; it receives traffic if it is serving, whether or not it is ready. */
  public record Endpoint(
      List<String> addresses, boolean ready, boolean serving, boolean terminating) {
    public Endpoint {
      addresses = List.copyOf(addresses);
    }
  }
}
