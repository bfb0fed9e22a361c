package io.merlon.agent.explain;

import io.merlon.agent.api.Node;
import io.merlon.agent.api.Pod;
import io.merlon.agent.explain.Obstacle.Labelled;
import io.merlon.agent.identity.Identity;
import io.merlon.agent.identity.LabelSet;
import io.merlon.agent.policy.PeerSelector;
import io.merlon.agent.policy.PodSelection;
import io.merlon.agent.policy.PolicyRule;
import io.merlon.agent.policy.PortMatch;
import io.merlon.agent.policy.Protocol;
import io.merlon.agent.policy.Selector;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Finds what keeps a rule from matching; nothing, if it matches. */
final class Obstacles {
  private static final Comparator<List<Obstacle>> NEAREST =
      Comparator.comparingInt(all -> all.stream().mapToInt(Obstacle::distance).sum());

  private Obstacles() {}

  /**
   * What keeps a rule from a connection.
   *
   * @param destination whose ports are meant by name
   */
  static List<Obstacle> of(PolicyRule rule, Party peer, Party destination, PortSpec port) {
    List<Obstacle> all = new ArrayList<>(ofPeers(rule, peer));
    if (rule.ports().stream().noneMatch(match -> matches(match, destination, port))) {
      all.add(new Obstacle.OtherPort(rule.ports()));
    }
    return all;
  }

  /** What keeps a policy from applying to a pod. */
  static List<Obstacle> ofSubject(PodSelection subject, Identity pod) {
    return selection(subject, pod, Labelled.SUBJECT);
  }

  private static List<Obstacle> ofPeers(PolicyRule rule, Party peer) {
    return rule.peers().stream()
        .map(selector -> ofPeer(selector, peer))
        .min(NEAREST)
        .orElse(List.of(new Obstacle.Nobody()));
  }

  private static List<Obstacle> ofPeer(PeerSelector selector, Party peer) {
    return switch (selector) {
      case PeerSelector.Anyone() -> List.of();
      case PeerSelector.Pods(var selection) ->
          peer.identity() == null
              ? List.of(new Obstacle.NotSelectable())
              : selection(selection, peer.identity(), Labelled.PEER);
      case PeerSelector.Nodes(var labels) -> nodes(labels, peer.nodes());
      case PeerSelector.Block block ->
          block.contains(peer.address())
              ? List.of()
              : List.of(new Obstacle.OtherAddress(peer.address(), block));
    };
  }

  private static List<Obstacle> nodes(Selector selector, List<Node> nodes) {
    return nodes.stream()
        .map(node -> labels(selector, LabelSet.of(node.labels()), Labelled.PEER_NODE, node.name()))
        .min(NEAREST)
        .orElse(List.of(new Obstacle.NotSelectable()));
  }

  private static List<Obstacle> selection(PodSelection selection, Identity pod, Labelled whose) {
    List<Obstacle> all = new ArrayList<>();
    String namespace = pod.pod().namespace();
    switch (selection.namespaces()) {
      case PodSelection.Named(String wanted) -> {
        if (!wanted.equals(namespace)) {
          all.add(new Obstacle.OtherNamespace(wanted));
        }
      }
      case PodSelection.Labelled(var selector) ->
          all.addAll(labels(selector, pod.namespaceLabels(), Labelled.PEER_NAMESPACE, namespace));
    }
    all.addAll(labels(selection.pods(), pod.labels(), whose, pod.pod().toString()));
    return all;
  }

  private static List<Obstacle> labels(
      Selector selector, LabelSet labels, Labelled whose, String name) {
    return selector.requirements().stream()
        .filter(requirement -> !requirement.holds(labels))
        .<Obstacle>map(requirement -> new Obstacle.Label(whose, name, requirement))
        .toList();
  }

  private static boolean matches(PortMatch match, Party destination, PortSpec port) {
    return switch (match) {
      case PortMatch.Everything() -> true;
      case PortMatch.PortRange(var protocol, int first, int last) ->
          protocol == port.protocol() && first <= port.port() && port.port() <= last;
      case PortMatch.NamedPort(var protocol, String name) ->
          (protocol == null || protocol == port.protocol())
              && destination.ports().stream().anyMatch(own -> declares(own, name, port));
    };
  }

  private static boolean declares(Pod.ContainerPort own, String name, PortSpec port) {
    return name.equals(own.name())
        && own.port() == port.port()
        && Protocol.named(own.protocol()) == port.protocol();
  }
}
