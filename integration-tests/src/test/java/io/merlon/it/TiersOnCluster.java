package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** ClusterNetworkPolicies in a cluster that learns of them when the agents run already. */
class TiersOnCluster extends OnCluster {
  private static final Duration SILENT = Duration.ofMillis(2_500);

  /** As much of the definition as the agents ask for: the fields are theirs to read. */
  private static final String DEFINITION =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata:
        name: clusternetworkpolicies.policy.networking.k8s.io
        annotations: {api-approved.kubernetes.io: "https://github.com/kubernetes-sigs/network-policy-api"}
      spec:
        group: policy.networking.k8s.io
        scope: Cluster
        names: {kind: ClusterNetworkPolicy, plural: clusternetworkpolicies, singular: clusternetworkpolicy}
        versions:
        - name: v1alpha2
          served: true
          storage: true
          schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
      """;

  private static final String FORBIDS =
      """
      apiVersion: policy.networking.k8s.io/v1alpha2
      kind: ClusterNetworkPolicy
      metadata: {name: merlon-test}
      spec:
        tier: Admin
        priority: 10
        subject: {namespaces: {matchLabels: {tier: "yes"}}}
        ingress:
        - {name: all, action: Deny, from: [{namespaces: {}}]}
      """;
  private static final String POLICY =
      "/apis/policy.networking.k8s.io/v1alpha2/clusternetworkpolicies/merlon-test";
  private static final String ACTION =
      "{\"spec\":{\"ingress\":[{\"name\":\"all\",\"action\":\"%s\",\"from\":[{\"namespaces\":{}}]}]}}";

  private final ClusterPods.Spec server =
      new ClusterPods.Spec("tiers", "server", "app: server", node(0));
  private final ClusterPods.Spec client =
      new ClusterPods.Spec("tiers", "client", "app: client", node(1));

  /** Not somebody else's. */
  private boolean made;

  TiersOnCluster() {
    super(7, "ClusterNetworkPolicy, its CRD installed late");
  }

  @AfterEach
  void forget() {
    if (made) {
      cluster.delete(DEFINITION);
    }
  }

  @Test
  void areEnforcedChangedAndForgotten() {
    assertEquals("", cluster.present(DEFINITION), "the cluster knows them already");
    release.install("mode=enforce");
    pods.namespace("tiers", "tier=yes");
    pods.start(server, "serve", "8080");
    pods.start(client, "try", "50", pods.address(server, false), "8080");
    awaitAnswer(client, 0);

    made = true;
    cluster.apply(DEFINITION);
    cluster
        .run(
            "wait",
            "--for=condition=Established",
            "customresourcedefinition",
            "clusternetworkpolicies.policy.networking.k8s.io",
            "--timeout=30s")
        .succeeded();
    long created = System.currentTimeMillis();
    cluster.apply(FORBIDS);
    evidence.is(
        "CRD and policy installed late -> enforced",
        awaitSilence(client, SILENT) - created + " ms");

    try (ApiProxy api = ApiProxy.start()) {
      long changed = System.currentTimeMillis();
      api.patch(POLICY, ACTION.formatted("Accept"));
      long accepted = awaitAnswer(client, changed) - changed;
      evidence.within(
          "changed to accept -> connection made", accepted, 2_000, "1000 ms and an attempt's 1000");
      long back = System.currentTimeMillis();
      api.patch(POLICY, ACTION.formatted("Deny"));
      long cut = awaitSilence(client, SILENT) - back;
      evidence.within("changed to deny -> none made", Math.max(cut, 0), 1_000, "1000 ms");
    }

    long removed = System.currentTimeMillis();
    cluster.delete(DEFINITION);
    evidence.is("CRD removed -> connection made", awaitAnswer(client, removed) - removed + " ms");
  }
}
