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
            "podSelector: {matchLabels: {app: server}}, policyTypes: [Ingress, Egress], ingress: [{from: [{podSelector: {matchLabels: {app: client}}}]}], egress: [{to: [{podSelector: {matchLabels: {app: client}}}]}]"));
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
      assertTrue(connects(stranger, branch, false), "nobody enforces yet, and it is wired");
      release.install("mode=enforce");
      assertTrue(release.page(node(0), "/v1/pods").contains(named), "the agent knows " + named);
      looksFindPrograms(probe, named);
    }
    int wrong = 0;
    for (ClusterPods.Spec server : new ClusterPods.Spec[] {ordinary, branch}) {
      for (boolean six : new boolean[] {false, true}) {
        wrong += connects(client, server, six) ? 0 : 1;
        wrong += connects(stranger, server, six) ? 1 : 0;
        wrong += connects(server, client, six) ? 0 : 1;
        wrong += connects(server, stranger, six) ? 1 : 0;
      }
    }
    evidence.is(
        "vlan and eni beside each other, either way, both families: wrong answers of 16",
        "" + wrong,
        "0");
    assertEquals(0, wrong);
  }

  /** A look that finds nothing after an uninstall is worth what it finds before it. */
  private static void looksFindPrograms(NodeProbe probe, String device) {
    String index = probe.shell("cat /sys/class/net/" + device + "/ifindex").strip();
    String look = probe.look();
    assertTrue(look.contains("/links/" + index + "_from_pod"), look);
    assertTrue(
        look.matches("(?s).*ifindex:\\s+" + index + "\n.*") || look.contains(device + " filter"),
        "a link or a filter at " + device + ": " + look);
    String other =
        probe.shell(
            """
            set -e
            ip link add mlnlook type veth peer name mlnpeer
            trap 'ip link del mlnlook' EXIT
            tc qdisc add dev mlnlook clsact
            tc filter add dev mlnlook egress bpf bytecode '1,6 0 0 0'
            if command -v nft >/dev/null; then
              trap 'ip link del mlnlook; nft delete table inet merlonlook' EXIT
              nft add table inet merlonlook
            fi
            """
                + NodeProbe.LOOK);
    assertTrue(other.contains("mlnlook qdisc clsact"), other);
    assertTrue(other.contains("mlnlook filter"), other);
    boolean hasTables = !probe.shell("command -v nft || true").isBlank();
    assertEquals(hasTables, other.contains("table inet merlonlook"), other);
  }

  private boolean connects(ClusterPods.Spec from, ClusterPods.Spec to, boolean six) {
    return new Caller(cluster, from).connects(pods.address(to, six), 8080);
  }
}
