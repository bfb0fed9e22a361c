package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterEvent.Kind;
import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.Node;
import io.merlon.agent.api.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** What can happen to a cluster, so that it stays one an API server could hold. */
final class Mutations {
  private final WorldGenerator generator;
  private final Dice dice;
  private final ClusterState truth;
  private final Moves moves;
  private final List<ClusterEvent> happened = new ArrayList<>();

  /** Addresses of pods that are gone, for those that come. */
  private final List<List<String>> freed = new ArrayList<>();

  private int made;

  Mutations(WorldGenerator generator, Dice dice, ClusterState truth) {
    this.generator = generator;
    this.dice = dice;
    this.truth = truth;
    moves = new Moves(generator, dice);
  }

  /** Makes so many things happen, and tells all of it in order. */
  List<ClusterEvent> some(int count) {
    happened.clear();
    for (int i = 0; i < count; i++) {
      mutate(truth.snapshot());
    }
    return List.copyOf(happened);
  }

  private void tell(ClusterEvent event) {
    truth.apply(event);
    happened.add(event);
  }

  private void gone(ClusterEvent.Key key) {
    tell(new ClusterEvent.Gone(key));
  }

  private void mutate(ClusterSnapshot c) {
    switch (dice.below(16)) {
      case 0, 1 -> changePod(c);
      case 2 -> endPod(c);
      case 3, 4 -> newPod(c);
      case 5 -> relabelNamespace(c);
      case 6, 7 -> putPolicy(c);
      case 8 -> removeOne(Kind.NETWORK_POLICY);
      case 9 -> putTier();
      case 10 -> removeOne(Kind.CLUSTER_NETWORK_POLICY);
      case 11 -> changeIdentity(c);
      case 12 -> changeServices(c);
      case 13 -> movePod(c);
      case 14 -> editSlice(c);
      default -> changePlaces(c);
    }
  }

  private void removeOne(Kind kind) {
    List<ClusterEvent> ofKind = ofKind(kind);
    if (!ofKind.isEmpty()) {
      gone(dice.pick(ofKind).key());
    }
  }

  private List<ClusterEvent> ofKind(Kind kind) {
    return truth.puts().stream().filter(event -> event.key().kind() == kind).toList();
  }

  private void changePod(ClusterSnapshot c) {
    if (c.pods().isEmpty()) {
      return;
    }
    Pod p = dice.pick(List.copyOf(c.pods()));
    boolean relabel = dice.chance(60);
    tell(
        new ClusterEvent.PutPod(
            new Pod(
                p.namespace(),
                p.name(),
                p.uid(),
                relabel ? generator.selectors.podLabels() : p.labels(),
                p.annotations(),
                p.serviceAccount(),
                p.node(),
                p.hostNetwork(),
                dice.chance(15) ? Pod.Phase.FAILED : p.phase(),
                p.ips(),
                relabel ? p.ports() : generator.pods.ports(),
                p.owner(),
                dice.chance(10) || p.terminating())));
  }

  private void endPod(ClusterSnapshot c) {
    if (!c.pods().isEmpty()) {
      Pod pod = dice.pick(List.copyOf(c.pods()));
      if (!pod.hostNetwork() && !pod.ips().isEmpty()) {
        freed.add(pod.ips());
      }
      gone(new ClusterEvent.PutPod(pod).key());
    }
  }

  private void movePod(ClusterSnapshot c) {
    if (!c.pods().isEmpty() && !c.nodes().isEmpty()) {
      Pod pod = dice.pick(List.copyOf(c.pods()));
      tell(new ClusterEvent.PutPod(moves.moved(pod, c)));
    }
  }

  private void editSlice(ClusterSnapshot c) {
    if (!c.endpointSlices().isEmpty()) {
      tell(
          new ClusterEvent.PutEndpointSlice(
              moves.edited(dice.pick(List.copyOf(c.endpointSlices())))));
    }
  }

  /** It may be another pod under an old name, or at an old address. */
  private void newPod(ClusterSnapshot c) {
    if (c.namespaces().isEmpty() || c.nodes().isEmpty()) {
      return;
    }
    List<Node> nodes = List.copyOf(c.nodes());
    String namespace = dice.pick(List.copyOf(c.namespaces())).name();
    List<Pod> others = List.copyOf(c.pods());
    Pod pod = generator.pods.pod(namespace, others, nodes);
    if (!freed.isEmpty() && !pod.hostNetwork() && !pod.ips().isEmpty() && dice.chance(50)) {
      List<String> ips = dice.pick(freed);
      if (free(ips, others)) {
        pod = WorldChanges.at(pod, ips);
      }
    }
    tell(new ClusterEvent.PutPod(pod));
  }

  private static boolean free(List<String> ips, List<Pod> others) {
    return others.stream()
        .noneMatch(o -> !o.phase().finished() && o.ips().stream().anyMatch(ips::contains));
  }

  private void relabelNamespace(ClusterSnapshot c) {
    if (!c.namespaces().isEmpty()) {
      String name = dice.pick(List.copyOf(c.namespaces())).name();
      tell(new ClusterEvent.PutNamespace(generator.namespace(name)));
    }
  }

  private void putPolicy(ClusterSnapshot c) {
    if (!c.namespaces().isEmpty()) {
      String namespace = dice.pick(List.copyOf(c.namespaces())).name();
      tell(
          new ClusterEvent.PutNetworkPolicy(
              generator.policies.policy(namespace, "p" + dice.between(1, 7))));
    }
  }

  private void putTier() {
    tell(
        new ClusterEvent.PutClusterNetworkPolicy(generator.tiers.policy("c" + dice.between(1, 5))));
  }

  private void changeIdentity(ClusterSnapshot c) {
    if (c.namespaces().isEmpty()) {
      return;
    }
    String namespace = dice.pick(List.copyOf(c.namespaces())).name();
    String account = dice.pick("default", "payments");
    switch (dice.below(4)) {
      case 0 ->
          tell(
              new ClusterEvent.PutPodIdentityAssociation(
                  generator.association(namespace, account)));
      case 1 -> removeOne(Kind.POD_IDENTITY_ASSOCIATION);
      case 2 -> removeOne(Kind.SERVICE_ACCOUNT);
      default ->
          tell(new ClusterEvent.PutServiceAccount(generator.account(namespace, account, 50)));
    }
  }

  private void changeServices(ClusterSnapshot c) {
    if (dice.chance(40)) {
      removeOne(dice.pick(Kind.SERVICE, Kind.ENDPOINT_SLICE));
    } else if (!c.namespaces().isEmpty()) {
      ServiceGenerator.Services drawn =
          new ServiceGenerator.Services(new ArrayList<>(), new ArrayList<>());
      String namespace = dice.pick(List.copyOf(c.namespaces())).name();
      generator.services.add(drawn, namespace, c.pods());
      drawn.services().forEach(service -> tell(new ClusterEvent.PutService(service)));
      drawn.slices().forEach(slice -> tell(new ClusterEvent.PutEndpointSlice(slice)));
    }
  }

  private void changePlaces(ClusterSnapshot c) {
    switch (dice.below(4)) {
      case 0 -> {
        if (!c.nodes().isEmpty()) {
          Node node = dice.pick(List.copyOf(c.nodes()));
          tell(
              new ClusterEvent.PutNode(
                  new Node(node.name(), generator.selectors.nodeLabels(), node.addresses())));
        }
      }
      case 1 -> {
        List<Node> leaving =
            c.nodes().stream().filter(node -> !hasHostPods(c, node.name())).toList();
        if (!leaving.isEmpty()) {
          gone(new ClusterEvent.PutNode(dice.pick(leaving)).key());
        }
      }
      case 2 -> removeNamespace(c);
      default -> {
        made++;
        tell(
            new ClusterEvent.PutNamespace(
                new Namespace(
                    "n" + made, generator.selectors.namespaceLabels("n" + made), Map.of())));
      }
    }
  }

  private static boolean hasHostPods(ClusterSnapshot c, String node) {
    return c.pods().stream().anyMatch(pod -> pod.hostNetwork() && node.equals(pod.node()));
  }

  /** With all that is in it, which goes first. */
  private void removeNamespace(ClusterSnapshot c) {
    if (c.namespaces().size() > 1) {
      String name = dice.pick(List.copyOf(c.namespaces())).name();
      Predicate<ClusterEvent> inside = event -> event.key().namespace().equals(name);
      truth.puts().stream().filter(inside).forEach(event -> gone(event.key()));
      gone(new ClusterEvent.Key(Kind.NAMESPACE, "", name));
    }
  }
}
