package io.merlon.agent.explain;

import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.Pod;
import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.LocalPod;
import io.merlon.agent.identity.Cidr;
import io.merlon.agent.identity.Identity;
import io.merlon.agent.identity.LabelSet;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.PeerSelector;
import io.merlon.agent.policy.PodSelection;
import io.merlon.agent.policy.Policy;
import io.merlon.agent.policy.PolicyRule;
import io.merlon.agent.policy.PortMatch.NamedPort;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Whom the parts of a policy find in a cluster. */
final class Find {
  private Find() {}

  static boolean selects(Policy policy, LocalPod pod) {
    return matches(policy.subject(), pod);
  }

  private static boolean matches(PodSelection selection, LocalPod pod) {
    Identity identity = pod.identity();
    return selection.matches(pod.pod().namespace(), identity.namespaceLabels(), identity.labels());
  }

  /** Whether a peer is anybody at all; a block of addresses always is. */
  static boolean anybody(PeerSelector peer, CompiledPolicy compiled, ClusterSnapshot cluster) {
    return switch (peer) {
      case PeerSelector.Anyone() -> true;
      case PeerSelector.Block _ -> true;
      case PeerSelector.Pods(var selection) ->
          compiled.pods().values().stream().anyMatch(pod -> matches(selection, pod));
      case PeerSelector.Nodes(var selector) ->
          cluster.nodes().stream().anyMatch(node -> selector.matches(LabelSet.of(node.labels())));
    };
  }

  /** Whether a rule is for every address there is, of one family at least. */
  static boolean everybody(PolicyRule rule) {
    return rule.peers().stream()
        .anyMatch(peer ->
            switch (peer) {
              case PeerSelector.Anyone() -> true;
              case PeerSelector.Block(var cidr, var except) ->
                  cidr.length() == 0 && except.isEmpty();
              case PeerSelector.Pods _, PeerSelector.Nodes _ -> false;
            });
  }

  /** What is excepted from blocks that do not contain it: valid here, and without any effect. */
  static List<Cidr> outside(PolicyRule rule) {
    return rule.peers().stream()
        .flatMap(peer ->
            peer instanceof PeerSelector.Block(var cidr, var except)
                ? except.stream().filter(part -> !cidr.contains(part))
                : Stream.empty())
        .toList();
  }

  /** The names of ports that nobody declares on the side whose port is meant. */
  static Set<String> undeclared(
      PolicyRule rule, List<LocalPod> subjects, CompiledPolicy compiled, ClusterSnapshot cluster) {
    Set<String> named = new HashSet<>();
    rule.ports()
        .forEach(port -> {
          if (port instanceof NamedPort(_, String name)) {
            named.add(name);
          }
        });
    if (named.isEmpty()) {
      return named;
    }
    Collection<LocalPod> destinations =
        rule.ref().direction() == Direction.INGRESS ? subjects : compiled.pods().values();
    Set<PodRef> names = new HashSet<>();
    destinations.forEach(pod -> names.add(pod.pod()));
    for (Pod pod : cluster.pods()) {
      if (names.contains(new PodRef(pod.namespace(), pod.name()))) {
        pod.ports().forEach(port -> named.remove(port.name()));
      }
    }
    return named;
  }
}
