package io.merlon.agent.watch;

import io.merlon.agent.api.EndpointSlice;
import io.merlon.agent.api.EndpointSlice.Endpoint;
import io.merlon.agent.api.IntOrString;
import io.merlon.agent.api.Pod;
import io.merlon.agent.api.Pod.ContainerPort;
import io.merlon.agent.api.Pod.Phase;
import io.merlon.agent.watch.ServiceDraft.PortDraft;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Derives the endpoint slices of a service as the endpoint-slice controller does: one per address
 * family and per set of target ports, because a named port may be another number on another pod.
 */
final class ServiceSlices {
  private final Collection<Pod> pods;

  ServiceSlices(Collection<Pod> pods) {
    this.pods = pods;
  }

  List<EndpointSlice> derive(ServiceDraft service, List<Family> families) {
    var slices = new ArrayList<EndpointSlice>();
    for (Family family : families) {
      var byPorts = new LinkedHashMap<List<EndpointSlice.Port>, List<Endpoint>>();
      for (Pod pod : pods) {
        if (selected(service, pod)) {
          pod.ips().stream()
              .filter(family::has)
              .limit(1)
              .forEach(ip ->
                  byPorts
                      .computeIfAbsent(ports(service, pod), _ -> new ArrayList<>())
                      .add(endpoint(pod, ip)));
        }
      }
      byPorts.forEach((ports, endpoints) -> slices.add(slice(service, family, ports, endpoints)));
    }
    return numbered(slices);
  }

  /** The families of IP, by the name EndpointSlices give them. */
  enum Family {
    IPV4("IPv4"),
    IPV6("IPv6");

    final String word;

    Family(String word) {
      this.word = word;
    }

    boolean has(String address) {
      return this == (address.indexOf(':') < 0 ? IPV4 : IPV6);
    }
  }

  private static boolean selected(ServiceDraft service, Pod pod) {
    return pod.namespace().equals(service.meta.namespace)
        && !pod.phase().finished()
        && pod.labels().entrySet().containsAll(service.selector.entrySet());
  }

  private static Endpoint endpoint(Pod pod, String ip) {
    boolean serving = pod.phase() == Phase.RUNNING;
    return new Endpoint(List.of(ip), serving && !pod.terminating(), serving, pod.terminating());
  }

  /** A named target port the pod does not declare is left out for that pod. */
  private static List<EndpointSlice.Port> ports(ServiceDraft service, Pod pod) {
    var ports = new ArrayList<EndpointSlice.Port>();
    for (PortDraft port : service.ports) {
      OptionalInt target = target(port, pod);
      if (target.isPresent()) {
        ports.add(
            new EndpointSlice.Port(port.port().name(), port.port().protocol(), target.getAsInt()));
      }
    }
    return List.copyOf(ports);
  }

  private static OptionalInt target(PortDraft port, Pod pod) {
    return switch (port.target()) {
      case null -> OptionalInt.of(port.port().port());
      case IntOrString.Int(int number) -> OptionalInt.of(number == 0 ? port.port().port() : number);
      case IntOrString.Str(String name) ->
          pod.ports().stream()
              .filter(declared -> name.equals(declared.name()))
              .filter(declared -> declared.protocol().equals(port.port().protocol()))
              .mapToInt(ContainerPort::port)
              .findFirst();
    };
  }

  private static EndpointSlice slice(
      ServiceDraft service,
      Family family,
      List<EndpointSlice.Port> ports,
      List<Endpoint> endpoints) {
    String name = service.meta.name + "-" + family.word.toLowerCase(Locale.ROOT);
    return new EndpointSlice(
        service.meta.namespace, name, service.meta.name, family.word, ports, endpoints);
  }

  private static List<EndpointSlice> numbered(List<EndpointSlice> slices) {
    Map<String, Integer> seen = new LinkedHashMap<>();
    return slices.stream()
        .map(slice -> {
          int count = seen.merge(slice.name(), 1, Integer::sum);
          return count == 1
              ? slice
              : new EndpointSlice(
                  slice.namespace(),
                  slice.name() + "-" + count,
                  slice.service(),
                  slice.addressType(),
                  slice.ports(),
                  slice.endpoints());
        })
        .toList();
  }
}
