package io.merlon.agent.explain;

import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.EndpointSlice;
import io.merlon.agent.api.Service;
import io.merlon.agent.identity.Address;
import io.merlon.agent.policy.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds what users name: {@code namespace/pod}, an address, {@code svc/name}. */
public final class Directory {
  private static final String SERVICE = "svc/";

  private final ClusterSnapshot cluster;
  private final List<End> pods;

  public Directory(ClusterSnapshot cluster) {
    this.cluster = cluster;
    this.pods = Census.pods(cluster);
  }

  /** The pod or address of that name; an address of a pod stands for the pod. */
  public End end(String name) {
    Address address = Address.parse(name);
    if (address != null) {
      return ofAddress(address);
    }
    return pods.stream()
        .filter(pod -> pod.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new UnknownEndException("no pod " + name + " with an address; " + suggestion(name)));
  }

  /**
   * Where connections to a name end up: itself, or each backend of a service.
   *
   * @param namespace where a service is looked for that is named without one
   */
  public List<Target> targets(String name, PortSpec port, @Nullable String namespace) {
    if (!name.startsWith(SERVICE)) {
      return List.of(new Target(end(name), port));
    }
    String rest = name.substring(SERVICE.length());
    int slash = rest.indexOf('/');
    if (slash < 0 && namespace == null) {
      throw new UnknownEndException("say whose service: svc/NAMESPACE/" + rest);
    }
    return backends(
        slash < 0 ? Objects.requireNonNull(namespace) : rest.substring(0, slash),
        rest.substring(slash + 1),
        port);
  }

  private End ofAddress(Address address) {
    return pods.stream()
        .filter(pod -> pod.addresses().contains(address))
        .findFirst()
        .map(pod -> new End(pod.name(), pod.pod(), List.of(address)))
        .orElse(End.of(address));
  }

  private String suggestion(String name) {
    String last = name.substring(name.lastIndexOf('/') + 1);
    String alike =
        pods.stream()
            .map(End::name)
            .filter(pod -> pod.contains(last))
            .limit(3)
            .collect(Collectors.joining(", "));
    return alike.isEmpty() ? "pods are named NAMESPACE/NAME" : "did you mean " + alike + "?";
  }

  private List<Target> backends(String namespace, String name, PortSpec port) {
    String full = namespace + "/" + name;
    Service service =
        cluster.services().stream()
            .filter(s -> s.namespace().equals(namespace) && s.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new UnknownEndException("no service " + full));
    Service.Port asked =
        service.ports().stream()
            .filter(p -> p.port() == port.port() && Protocol.named(p.protocol()) == port.protocol())
            .findFirst()
            .orElseThrow(() -> new UnknownEndException("service " + full + " has no port " + port));
    var targets = new TreeMap<String, Target>();
    for (EndpointSlice slice : cluster.endpointSlices()) {
      if (slice.namespace().equals(namespace) && slice.service().equals(name)) {
        targets(slice, asked, port)
            .forEach(t -> targets.merge(t.end().name() + " " + t.port(), t, Directory::both));
      }
    }
    if (targets.isEmpty()) {
      throw new UnknownEndException("service " + full + " has no backend for port " + port);
    }
    return List.copyOf(targets.values());
  }

  /** A backend of both families, from the slice of each. */
  private static Target both(Target one, Target other) {
    List<Address> addresses = new ArrayList<>(one.end().addresses());
    addresses.addAll(other.end().addresses());
    return new Target(new End(one.end().name(), one.end().pod(), addresses), one.port());
  }

  private List<Target> targets(EndpointSlice slice, Service.Port asked, PortSpec port) {
    List<Target> targets = new ArrayList<>();
    for (EndpointSlice.Port target : slice.ports()) {
      if (!Objects.equals(target.name(), asked.name())) {
        continue;
      }
      int number = Objects.requireNonNullElse(target.port(), port.port());
      for (EndpointSlice.Endpoint endpoint : slice.endpoints()) {
        for (String text : endpoint.serving() ? endpoint.addresses() : List.<String>of()) {
          Address address = Address.parse(text);
          if (address != null) {
            targets.add(new Target(ofAddress(address), new PortSpec(port.protocol(), number)));
          }
        }
      }
    }
    return targets;
  }
}
