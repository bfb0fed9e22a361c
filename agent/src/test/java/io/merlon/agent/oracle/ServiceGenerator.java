package io.merlon.agent.oracle;

import io.merlon.agent.api.EndpointSlice;
import io.merlon.agent.api.IntOrString;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.Pod;
import io.merlon.agent.api.Service;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Services, and the slices an endpoint controller would make of the pods behind them. */
final class ServiceGenerator {
  private final Dice dice;
  private int made;

  ServiceGenerator(Dice dice) {
    this.dice = dice;
  }

  record Services(List<Service> services, List<EndpointSlice> slices) {}

  Services services(List<Namespace> namespaces, Collection<Pod> pods) {
    Services drawn = new Services(new ArrayList<>(), new ArrayList<>());
    for (int i = dice.chance(60) ? 0 : dice.between(1, 2); i > 0; i--) {
      add(drawn, dice.pick(namespaces).name(), pods);
    }
    return drawn;
  }

  void add(Services drawn, String namespace, Collection<Pod> pods) {
    made++;
    String name = "s" + made;
    List<Service.Port> ports = new ArrayList<>();
    boolean several = dice.chance(30);
    ports.add(new Service.Port(several ? "first" : null, dice.pick("TCP", "TCP", "UDP"), 80, 0));
    if (several) {
      ports.add(new Service.Port("second", "TCP", 443, 0));
    }
    List<String> virtual = List.of("172.20.0." + made, "fd00:20::" + made);
    List<String> external = dice.chance(20) ? List.of("203.0.113." + made) : List.of();
    drawn.services.add(
        new Service(
            namespace,
            name,
            "ClusterIP",
            Stream.concat(virtual.stream(), external.stream()).toList(),
            external,
            ports));
    String app = dice.pick("a", "b", "c");
    List<Pod> backends =
        pods.stream()
            .filter(pod -> pod.namespace().equals(namespace) && !pod.phase().finished())
            .filter(pod -> dice.chance(20) || app.equals(pod.labels().get("app")))
            .toList();
    IntOrString target =
        dice.chance(50)
            ? IntOrString.of(dice.pick(PolicyGenerator.PORTS))
            : IntOrString.of(dice.pick(PolicyGenerator.PORT_NAMES));
    for (Ip.Family family : Ip.Family.values()) {
      for (Service.Port port : ports) {
        slices(drawn, family, port, target, backends);
      }
    }
  }

  /** Pods that give the target's name different numbers go into different slices. */
  private void slices(
      Services drawn, Ip.Family family, Service.Port port, IntOrString target, List<Pod> backends) {
    Map<Integer, List<EndpointSlice.Endpoint>> byNumber = new TreeMap<>();
    for (Pod pod : backends) {
      Integer number = number(target, port.protocol(), pod);
      List<String> ips =
          pod.ips().stream().filter(text -> Ip.of(text).family() == family).limit(1).toList();
      if (number != null && !ips.isEmpty()) {
        boolean terminating = dice.chance(10);
        boolean serving = dice.chance(90);
        byNumber
            .computeIfAbsent(number, n -> new ArrayList<>())
            .add(new EndpointSlice.Endpoint(ips, serving && !terminating, serving, terminating));
      }
    }
    Service service = drawn.services.getLast();
    byNumber.forEach((number, endpoints) ->
        drawn.slices.add(
            new EndpointSlice(
                service.namespace(),
                service.name() + "-" + drawn.slices.size(),
                service.name(),
                family == Ip.Family.V4 ? "IPv4" : "IPv6",
                List.of(new EndpointSlice.Port(port.name(), port.protocol(), number)),
                endpoints)));
  }

  private static @Nullable Integer number(IntOrString target, String protocol, Pod pod) {
    return switch (target) {
      case IntOrString.Int(int number) -> number;
      case IntOrString.Str(String name) ->
          pod.ports().stream()
              .filter(port -> name.equals(port.name()) && protocol.equals(port.protocol()))
              .map(Pod.ContainerPort::port)
              .findFirst()
              .orElse(null);
    };
  }
}
