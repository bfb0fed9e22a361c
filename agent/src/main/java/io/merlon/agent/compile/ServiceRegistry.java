package io.merlon.agent.compile;

import io.merlon.agent.api.EndpointSlice;
import io.merlon.agent.api.Service;
import io.merlon.agent.compile.ServiceState.Port;
import io.merlon.agent.compile.ServiceState.Slice;
import io.merlon.agent.identity.Address;
import io.merlon.agent.policy.Protocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What connections to services lead to (semantics NP-23). A service nobody serves leads nowhere.
 *
 * <p>Whoever may make a service may name any address as an external one: a pod's, or the instance
 * metadata service. If nobody translates it, a packet goes there and not to a backend. So what is
 * external is never decided by the backends alone, but where the packet arrives.
 */
final class ServiceRegistry {
  private final Map<Name, ServiceState> services = new HashMap<>();
  private final Map<Name, ServiceState> bySlice = new HashMap<>();
  private final Map<ServiceKey, List<ServiceState>> claims = new HashMap<>();
  private final AddressRegistry addresses;
  private final ClassRegistry classes;
  private final Dirty dirty;

  private record Name(String namespace, String name) {}

  ServiceRegistry(AddressRegistry addresses, ClassRegistry classes, Dirty dirty) {
    this.addresses = addresses;
    this.classes = classes;
    this.dirty = dirty;
  }

  private ServiceState state(String namespace, String name) {
    ServiceState state =
        services.computeIfAbsent(
            new Name(namespace, name), key -> new ServiceState(namespace, name));
    dirty.services.add(state);
    return state;
  }

  Optional<String> nameAt(Address address, Protocol protocol, int port) {
    return claims.getOrDefault(new ServiceKey(address, protocol, port), List.of()).stream()
        .findFirst()
        .map(state -> state.namespace + "/" + state.name);
  }

  private void forgetIfUnused(ServiceState state) {
    if (state.isUnused()) {
      services.remove(new Name(state.namespace, state.name));
    }
  }

  void put(Service service) {
    state(service.namespace(), service.name()).service = service;
  }

  void remove(String namespace, String name) {
    ServiceState state = services.get(new Name(namespace, name));
    if (state != null) {
      state.service = null;
      dirty.services.add(state);
      forgetIfUnused(state);
    }
  }

  void put(EndpointSlice slice) {
    removeSlice(slice.namespace(), slice.name());
    ServiceState state = state(slice.namespace(), slice.service());
    List<Port> ports = new ArrayList<>();
    for (EndpointSlice.Port port : slice.ports()) {
      ports.add(
          new Port(Objects.requireNonNullElse(port.name(), ""), port.protocol(), port.port()));
    }
    Set<AddressEntry> backends = new LinkedHashSet<>();
    for (EndpointSlice.Endpoint endpoint : slice.endpoints()) {
      for (String text : endpoint.serving() ? endpoint.addresses() : List.<String>of()) {
        Address address = Address.parse(text);
        if (address != null) {
          backends.add(addresses.entry(address));
        }
      }
    }
    backends.forEach(backend -> addresses.serve(backend, state));
    state.slices.put(slice.name(), new Slice(List.copyOf(ports), List.copyOf(backends)));
    bySlice.put(new Name(slice.namespace(), slice.name()), state);
  }

  void removeSlice(String namespace, String name) {
    ServiceState state = bySlice.remove(new Name(namespace, name));
    if (state == null) {
      return;
    }
    Slice slice = Objects.requireNonNull(state.slices.remove(name));
    dirty.services.add(state);
    for (AddressEntry backend : slice.backends()) {
      if (state.slices.values().stream().noneMatch(s -> s.backends().contains(backend))) {
        addresses.retire(backend, state);
      }
    }
    forgetIfUnused(state);
  }

  /** Brings the published services up to date. */
  PersistentMap<ServiceKey, ServiceTarget> settle(
      PersistentMap<ServiceKey, ServiceTarget> published) {
    Set<ServiceKey> touched = new LinkedHashSet<>();
    for (ServiceState state : dirty.services) {
      Map<ServiceKey, ServiceTarget> targets = targets(state);
      if (!targets.equals(state.published)) {
        state.published.keySet().forEach(key -> claim(key, state, false));
        targets.keySet().forEach(key -> claim(key, state, true));
        touched.addAll(state.published.keySet());
        touched.addAll(targets.keySet());
        state.published = targets;
      }
    }
    PersistentMap<ServiceKey, ServiceTarget> result = published;
    for (ServiceKey key : touched) {
      ServiceTarget target = agreed(key);
      result = target == null ? result.without(key) : result.with(key, target);
    }
    return result;
  }

  private void claim(ServiceKey key, ServiceState state, boolean claims) {
    List<ServiceState> claimants = new ArrayList<>(this.claims.getOrDefault(key, List.of()));
    claimants.remove(state);
    if (claims) {
      claimants.add(state);
    }
    if (claimants.isEmpty()) {
      this.claims.remove(key);
    } else {
      this.claims.put(key, List.copyOf(claimants));
    }
  }

  /** Services that share an address and a port are as one with all their backends. */
  private @Nullable ServiceTarget agreed(ServiceKey key) {
    Set<ServiceTarget> targets = new HashSet<>();
    for (ServiceState state : claims.getOrDefault(key, List.of())) {
      targets.add(Objects.requireNonNull(state.published.get(key)));
    }
    return switch (targets.size()) {
      case 0 -> null;
      case 1 -> targets.iterator().next();
      default -> new ServiceTarget.Mixed();
    };
  }

  private Map<ServiceKey, ServiceTarget> targets(ServiceState state) {
    Service service = state.service;
    Map<ServiceKey, ServiceTarget> targets = new HashMap<>();
    if (service == null) {
      return targets;
    }
    for (Service.Port port : service.ports()) {
      Protocol protocol = Protocol.named(port.protocol());
      for (String text : protocol == null ? List.<String>of() : service.addresses()) {
        Address virtual = Address.parse(text);
        ServiceTarget target = virtual == null ? null : target(state, port, virtual.isV6());
        if (protocol != null && virtual != null && target != null) {
          boolean external = service.external().contains(text);
          targets.put(
              new ServiceKey(virtual, protocol, port.port()),
              external ? new ServiceTarget.Mixed() : target);
        }
      }
    }
    return targets;
  }

  private @Nullable ServiceTarget target(ServiceState state, Service.Port port, boolean v6) {
    ServiceTarget.Uniform found = null;
    for (Slice slice : state.slices.values()) {
      for (Port target : slice.ports()) {
        if (!target.protocol().equals(port.protocol())
            || !target.name().equals(Objects.requireNonNullElse(port.name(), ""))) {
          continue;
        }
        int number = target.number() == null ? port.port() : target.number();
        for (AddressEntry backend : slice.backends()) {
          if (backend.address.isV6() == v6) {
            ClassState peerClass = backend.peerClass == null ? classes.any() : backend.peerClass;
            if (found == null) {
              found = new ServiceTarget.Uniform(peerClass.number, number);
            } else if (found.peerClass() != peerClass.number || found.port() != number) {
              return new ServiceTarget.Mixed();
            }
          }
        }
      }
    }
    return found;
  }
}
