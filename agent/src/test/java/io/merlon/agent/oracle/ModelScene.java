package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterEvent.Kind;
import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The grid with modelled policies on it: every pair, family, protocol and port is checked. */
final class ModelScene {
  private static final List<Integer> PORTS = List.of(53, 80, 81, 84, 85, 7981);

  final Scene scene;
  private final List<PolicyModel> policies = new ArrayList<>();

  ModelScene(PolicyEngine engine) {
    scene = Scene.grid(engine);
  }

  ModelScene put(PolicyModel policy) {
    policies.removeIf(p -> p.name().equals(policy.name()));
    policies.add(policy);
    scene.policy(policy.target().namespace(), policy.name(), policy.yaml());
    return this;
  }

  ModelScene remove(PolicyModel policy) {
    policies.remove(policy);
    scene.remove(Kind.NETWORK_POLICY, policy.target().namespace(), policy.name());
    return this;
  }

  ModelScene check() {
    ClusterSnapshot cluster = scene.cluster();
    Map<String, Namespace> namespaces =
        cluster.namespaces().stream()
            .collect(Collectors.toMap(Namespace::name, Function.identity()));
    Function<Pod, Spot> spot =
        pod -> Spot.of(Objects.requireNonNull(namespaces.get(pod.namespace())), pod);
    scene.check(
        PORTS,
        (from, to, question) ->
            from.equals(to)
                || (side(Direction.EGRESS, spot.apply(from), spot.apply(to), question)
                    && side(Direction.INGRESS, spot.apply(to), spot.apply(from), question)));
    return this;
  }

  private boolean side(Direction direction, Spot subject, Spot peer, Question q) {
    boolean isolated = false;
    for (PolicyModel policy : policies) {
      List<PolicyModel.RuleModel> rules = policy.rules(direction);
      if (rules != null && policy.target().fits(subject)) {
        isolated = true;
        if (rules.stream()
            .anyMatch(rule -> rule.fits(peer, q.to().family(), q.protocol(), q.port()))) {
          return true;
        }
      }
    }
    return !isolated;
  }
}
