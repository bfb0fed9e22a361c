package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterEvent.Kind;
import io.merlon.agent.oracle.PolicyModel.RuleModel;
import io.merlon.agent.oracle.PolicyModel.Target;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** The families in which something changes between two looks: six actions and one example. */
final class CyclonusActions {
  private static final PeerKind NEW_NAMESPACE =
      new PeerKind(
          "namespaces with a new label",
          "{namespaceSelector: {matchLabels: {new-ns: qrs}}}",
          (s, f) -> s.marks().contains("new-ns"));
  private static final PeerKind NEW_LABEL =
      new PeerKind(
          "pods of y and z with a new label",
          """
          {podSelector: {matchLabels: {new-label: abc}},
           namespaceSelector: {matchExpressions: [{key: ns, operator: In, values: [y, z]}]}}\
          """,
          (s, f) -> s.marks().contains("new-label") && Set.of("y", "z").contains(s.ns()));

  private CyclonusActions() {}

  private static Case steps(String name, Consumer<ModelScene> body) {
    return new Case("action: " + name, engine -> body.accept(new ModelScene(engine)));
  }

  static List<Case> all() {
    return List.of(
        steps(
            "create, delete policy",
            m -> m.put(PolicyModel.BASE).check().remove(PolicyModel.BASE).check()),
        steps(
            "create, update policy",
            m ->
                m.put(PolicyModel.BASE)
                    .check()
                    .put(PolicyModel.withPorts(Direction.INGRESS, List.of(PortKind.UDP_81_BY_NAME)))
                    .check()),
        steps("create, delete namespace", CyclonusActions::namespaceComesAndGoes),
        steps(
            "label namespace so that the policy applies, and back",
            m -> {
              m.put(PolicyModel.withPeers(Direction.INGRESS, List.of(NEW_NAMESPACE))).check();
              m.scene.namespace("y", Map.of("ns", "y", "new-ns", "qrs"));
              m.check();
              m.scene.namespace("y", Map.of("ns", "y"));
              m.check();
            }),
        steps(
            "create, delete pod",
            m -> {
              m.put(PolicyModel.BASE).check();
              m.scene.gridPod("x", "d", 1, 4);
              m.check();
              m.scene.remove(Kind.POD, "x", "d");
              m.check();
            }),
        steps(
            "label pod so that the policy applies, and back",
            m -> {
              m.put(PolicyModel.withPeers(Direction.INGRESS, List.of(NEW_LABEL))).check();
              m.scene.labels("y", "b", Map.of("pod", "b", "new-label", "abc"));
              m.check();
              m.scene.labels("y", "b", Map.of("pod", "b"));
              m.check();
            }),
        steps("example: ingress on one named port", CyclonusActions::oneNamedPort));
  }

  private static void namespaceComesAndGoes(ModelScene m) {
    m.put(PolicyModel.BASE).check();
    m.scene.namespace("y-2", Map.of("ns", "y")).gridPod("y-2", "a", 4, 1).gridPod("y-2", "b", 4, 2);
    m.check();
    m.scene
        .remove(Kind.POD, "y-2", "a")
        .remove(Kind.POD, "y-2", "b")
        .remove(Kind.NAMESPACE, "", "y-2");
    m.check();
  }

  private static void oneNamedPort(ModelScene m) {
    PortKind named = new PortKind("{port: serve-81-tcp}", Protocol.TCP, 81, 81);
    m.put(
            new PolicyModel(
                "one-port",
                new Target("x", "{}", s -> true),
                List.of(new RuleModel(List.of(), List.of(named))),
                null))
        .check();
    m.scene.namespace("w", Map.of("ns", "w")).gridPod("w", "a", 4, 1);
    m.check();
    m.scene.remove(Kind.POD, "w", "a");
    m.check();
    m.scene.remove(Kind.NAMESPACE, "", "w");
    m.check();
  }
}
