package io.merlon.agent.oracle;

import io.merlon.agent.oracle.PolicyModel.RuleModel;
import io.merlon.agent.oracle.PolicyModel.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The families of Cyclonus (mattfenwick/cyclonus) that put policies down and look once. */
final class CyclonusCases {
  private static final List<Direction> BOTH = List.of(Direction.EGRESS, Direction.INGRESS);

  private CyclonusCases() {}

  static Case once(String name, PolicyModel... policies) {
    return new Case(
        name,
        engine -> {
          ModelScene scene = new ModelScene(engine);
          for (PolicyModel policy : policies) {
            scene.put(policy);
          }
          scene.check();
        });
  }

  /** No peer, each of ten, each pair of two: 112. */
  static List<Case> peers() {
    List<Case> cases = new ArrayList<>();
    for (Direction d : BOTH) {
      cases.add(once(d + " peers: none", PolicyModel.withPeers(d, List.of())));
      List<PeerKind> kinds = PeerKind.singles();
      for (int i = 0; i < kinds.size(); i++) {
        PeerKind one = kinds.get(i);
        cases.add(once(d + " peer: " + one.name(), PolicyModel.withPeers(d, List.of(one))));
        for (PeerKind two : kinds.subList(i + 1, kinds.size())) {
          cases.add(
              once(
                  d + " peers: " + one.name() + "; " + two.name(),
                  PolicyModel.withPeers(d, List.of(one, two))));
        }
      }
    }
    return cases;
  }

  /** No port, each of 27, seven pairs: 70. */
  static List<Case> ports() {
    List<Case> cases = new ArrayList<>();
    for (Direction d : BOTH) {
      cases.add(once(d + " ports: none", PolicyModel.withPorts(d, List.of())));
      for (PortKind kind : PortKind.singles()) {
        cases.add(once(d + " port: " + kind.yaml(), PolicyModel.withPorts(d, List.of(kind))));
      }
      for (List<PortKind> pair : PortKind.pairs()) {
        cases.add(
            once(
                d + " ports: " + pair.getFirst().yaml() + ", " + pair.getLast().yaml(),
                PolicyModel.withPorts(d, pair)));
      }
    }
    return cases;
  }

  /** Deny all and allow all, as rules: 4. */
  static List<Case> rules() {
    List<Case> cases = new ArrayList<>();
    for (Direction d : BOTH) {
      cases.add(once(d + " rules: deny all", PolicyModel.withRules(d, List.of())));
      cases.add(once(d + " rules: allow all", PolicyModel.withRules(d, List.of(RuleModel.ALL))));
    }
    return cases;
  }

  /** The base policy in other namespaces, and for other pods: 6. */
  static List<Case> targets() {
    List<Case> cases = new ArrayList<>();
    for (String namespace : List.of("x", "y", "z")) {
      cases.add(
          once(
              "target: namespace " + namespace,
              PolicyModel.BASE.aimedAt(Target.of(namespace, "a"))));
    }
    Target all = new Target("x", "{}", s -> true);
    Target ab =
        new Target(
            "x",
            "{matchExpressions: [{key: pod, operator: In, values: [a, b]}]}",
            s -> Set.of("a", "b").contains(s.pod()));
    for (Target target : List.of(all, Target.X_A, ab)) {
      cases.add(once("target: pods " + target.selector(), PolicyModel.BASE.aimedAt(target)));
    }
    return cases;
  }

  /** A namespace by the label that the API server gives it: 2. */
  static List<Case> namespaces() {
    return BOTH.stream()
        .map(d ->
            once(
                d + ": select namespace by default label",
                PolicyModel.withPeers(d, List.of(PeerKind.Z_BY_NAME))))
        .toList();
  }
}
