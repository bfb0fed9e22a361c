package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/**
 * A pod whose interface has the name of a branch interface, beside an ordinary one: that is how the
 * VPC CNI wires pods that a SecurityGroupPolicy selects. Here an ordinary interface is renamed.
 */
class BranchesOnCluster extends OnCluster {
  private final ClusterPods.Spec ordinary =
      new ClusterPods.Spec("branches", "ordinary", "app: server", node(0));
  private final ClusterPods.Spec branch =
      new ClusterPods.Spec("branches", "branch", "app: server", node(0));
  private final ClusterPods.Spec client =
      new ClusterPods.Spec("branches", "client", "app: client", node(1));
  private final ClusterPods.Spec stranger =
      new ClusterPods.Spec("branches", "stranger", "app: stranger", node(1));

  BranchesOnCluster() {
    super(9, "branch interfaces");
  }

  @Test
  void areEnforcedBesideOrdinaryOnes() {
    pods.namespace("branches");
    cluster.apply(
        Mission.policy(
            "branches",
            "clients",
            "podSelector: {matchLabels: {app: server}}, ingress: [{from: [{podSelector: {matchLabels: {app: client}}}]}]"));
    for (ClusterPods.Spec pod : new ClusterPods.Spec[] {ordinary, branch, client, stranger}) {
      pods.start(pod, "serve", "8080");
    }
    String host = PodNetwork.device(PodNetwork.ORDINARY, "branches", "branch");
    String named = PodNetwork.device("vlan", "branches", "branch");
    try (NodeProbe probe = NodeProbe.start(cluster, node(0))) {
      if (!probe.shell("ls /sys/class/net").contains(host)) {
        evidence.is(
            "a pod on a branch interface", "not tried: interfaces are not named for their pods");
        return;
      }
      probe.shell(
          """
          set -e
          ip link set %1$s down
          ip link set %1$s name %2$s
          ip link set %2$s up
          ip route replace %3$s/32 dev %2$s scope link
          ip -6 route replace %4$s/128 dev %2$s
          """
              .formatted(host, named, pods.address(branch, false), pods.address(branch, true)));
    }
    assertTrue(connects(stranger, branch, false), "nobody enforces yet, and it is wired");
    release.install("mode=enforce");
    assertTrue(release.page(node(0), "/v1/pods").contains(named), "the agent knows " + named);
    int wrong = 0;
    for (ClusterPods.Spec server : new ClusterPods.Spec[] {ordinary, branch}) {
      for (boolean six : new boolean[] {false, true}) {
        wrong += connects(client, server, six) ? 0 : 1;
        wrong += connects(stranger, server, six) ? 1 : 0;
      }
    }
    evidence.is(
        "vlan and eni beside each other, both families: wrong answers of 8", "" + wrong, "0");
    assertEquals(0, wrong);
  }

  private boolean connects(ClusterPods.Spec from, ClusterPods.Spec to, boolean six) {
    return NodeProbe.connects(cluster, from.namespace(), from.name(), pods.address(to, six), 8080);
  }
}
