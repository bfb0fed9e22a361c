package io.merlon.agent.compile;

import io.merlon.agent.api.Service;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A service and its backends. There is one as soon as a slice names it. */
final class ServiceState {
  final String namespace;
  final String name;
  @Nullable Service service;
  final Map<String, Slice> slices = new HashMap<>();

  /** What it last had published. */
  Map<ServiceKey, ServiceTarget> published = Map.of();

  ServiceState(String namespace, String name) {
    this.namespace = namespace;
    this.name = name;
  }

  /** The ports of a slice, and the addresses that serve them. */
  record Slice(List<Port> ports, List<AddressEntry> backends) {}

  /** A target port; no number means the service's own. */
  record Port(String name, String protocol, @Nullable Integer number) {}

  boolean isUnused() {
    return service == null && slices.isEmpty();
  }
}
