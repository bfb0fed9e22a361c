package io.merlon.agent.oracle;

import io.merlon.agent.api.Node;
import io.merlon.agent.api.Pod;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Pods of both families, some finished, some on the host network, some not yet anywhere. */
final class PodGenerator {
  private static final List<String> NAMES = List.of("c", "b-c", "web-0", "web-1", "web");

  private final Dice dice;
  private final SelectorGenerator selectors;
  private final List<Ip> addresses;
  private int made;

  PodGenerator(Dice dice, SelectorGenerator selectors, List<Ip> addresses) {
    this.dice = dice;
    this.selectors = selectors;
    this.addresses = addresses;
  }

  /** A pod beside others: its address is its own, or one that a finished pod has left. */
  Pod pod(String namespace, Collection<Pod> others, List<Node> nodes) {
    made++;
    String name = dice.chance(50) ? dice.pick(NAMES) : "p" + made;
    boolean taken =
        others.stream().anyMatch(o -> o.namespace().equals(namespace) && o.name().equals(name));
    return pod(namespace, taken ? "p" + made : name, others, dice.pick(nodes));
  }

  /** A pod that takes the place of another of that name. */
  Pod next(String namespace, String name, Collection<Pod> others, Node node) {
    made++;
    return pod(namespace, name, others, node);
  }

  private Pod pod(String namespace, String name, Collection<Pod> others, Node node) {
    boolean hostNetwork = dice.chance(12);
    boolean unscheduled = !hostNetwork && dice.chance(3);
    Pod.Phase phase =
        unscheduled
            ? Pod.Phase.PENDING
            : dice.pick(
                Pod.Phase.RUNNING,
                Pod.Phase.RUNNING,
                Pod.Phase.RUNNING,
                Pod.Phase.RUNNING,
                Pod.Phase.RUNNING,
                Pod.Phase.PENDING,
                Pod.Phase.UNKNOWN,
                dice.pick(Pod.Phase.SUCCEEDED, Pod.Phase.FAILED));
    List<String> ips =
        unscheduled ? List.of() : hostNetwork ? node.addresses() : ips(phase, others, node);
    ips.forEach(text -> addresses.add(Ip.of(text)));
    return new Pod(
        namespace,
        name,
        namespace + "/" + name + "/" + made,
        selectors.podLabels(),
        Map.of(),
        dice.pick("default", "payments"),
        unscheduled ? null : node.name(),
        hostNetwork,
        phase,
        ips,
        ports(),
        null,
        dice.chance(6));
  }

  private List<String> ips(Pod.Phase phase, Collection<Pod> others, Node node) {
    List<Pod> donors =
        others.stream()
            .filter(o -> !o.hostNetwork() && !o.ips().isEmpty())
            .filter(o -> phase.finished() || (o.phase().finished() && !inUse(o, others)))
            .toList();
    if (!donors.isEmpty() && dice.chance(phase.finished() ? 50 : 80)) {
      return dice.pick(donors).ips();
    }
    int place = Integer.parseInt(node.name().substring(1));
    String v4 = "10.1." + place + "." + made;
    String v6 = "fd00:1:0:" + place + "::" + Integer.toHexString(made);
    return switch (dice.below(10)) {
      case 0 -> List.of(v4);
      case 1 -> List.of(v6);
      case 2 -> List.of(v6, v4);
      default -> List.of(v4, v6);
    };
  }

  private static boolean inUse(Pod finished, Collection<Pod> others) {
    return others.stream()
        .anyMatch(
            o -> !o.phase().finished() && o.ips().stream().anyMatch(finished.ips()::contains));
  }

  /** One number per name and protocol in a pod; the next pod's differs. */
  List<Pod.ContainerPort> ports() {
    List<Pod.ContainerPort> ports = new ArrayList<>();
    for (String name : PolicyGenerator.PORT_NAMES) {
      for (String protocol : List.of("TCP", "UDP", "SCTP")) {
        if (dice.chance(protocol.equals("TCP") ? 45 : 15)) {
          ports.add(new Pod.ContainerPort(name, dice.pick(PolicyGenerator.PORTS), protocol));
        }
      }
    }
    if (dice.chance(20)) {
      ports.add(new Pod.ContainerPort(null, dice.pick(PolicyGenerator.PORTS), "TCP"));
    }
    return ports;
  }
}
