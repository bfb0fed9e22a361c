package io.merlon.agent.compile;

import io.merlon.agent.api.EndpointSlice;
import io.merlon.agent.api.Service;
import io.merlon.agent.identity.Address;
import io.merlon.agent.policy.Protocol;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds what connections to a service lead to. A service nobody serves has no entry. */
final class ReferenceServices {
  private ReferenceServices() {}

  static Map<ServiceKey, ServiceTarget> of(
      Service service, Collection<EndpointSlice> slices, AddressBook book) {
    Map<ServiceKey, ServiceTarget> targets = new HashMap<>();
    for (String text : service.addresses()) {
      Address address = Address.parse(text);
      if (address == null) {
        continue;
      }
      for (Service.Port port : service.ports()) {
        Protocol protocol = protocol(port.protocol());
        ServiceTarget target = protocol == null ? null : target(address, port, slices, book);
        if (protocol != null && target != null) {
          targets.put(
              new ServiceKey(address, protocol, port.port()),
              service.external().contains(text) ? new ServiceTarget.Mixed() : target);
        }
      }
    }
    return targets;
  }

  static @Nullable Protocol protocol(String name) {
    return switch (name) {
      case "TCP" -> Protocol.TCP;
      case "UDP" -> Protocol.UDP;
      case "SCTP" -> Protocol.SCTP;
      default -> null;
    };
  }

  private static @Nullable ServiceTarget target(
      Address virtual, Service.Port port, Collection<EndpointSlice> slices, AddressBook book) {
    Set<ServiceTarget.Uniform> backends = new HashSet<>();
    for (EndpointSlice slice : slices) {
      for (EndpointSlice.Port targetPort : slice.ports()) {
        if (!targetPort.protocol().equals(port.protocol())
            || !Objects.requireNonNullElse(targetPort.name(), "")
                .equals(Objects.requireNonNullElse(port.name(), ""))) {
          continue;
        }
        int number = targetPort.port() == null ? port.port() : targetPort.port();
        for (EndpointSlice.Endpoint endpoint : slice.endpoints()) {
          for (String text : endpoint.serving() ? endpoint.addresses() : Set.<String>of()) {
            Address backend = Address.parse(text);
            if (backend != null && backend.isV6() == virtual.isV6()) {
              backends.add(new ServiceTarget.Uniform(book.classOf(backend), number));
            }
          }
        }
      }
    }
    return switch (backends.size()) {
      case 0 -> null;
      case 1 -> backends.iterator().next();
      default -> new ServiceTarget.Mixed();
    };
  }
}
