package io.merlon.agent.bench;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterNetworkPolicy;
import io.merlon.agent.api.IntOrString;
import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.api.Node;
import io.merlon.agent.api.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A cluster of the size asked for: 100 pods to a namespace, ten to a workload, 110 to a node; the
 * pods of a namespace are all over the nodes. Policies are dealt to namespaces in turn, beginning
 * with those that have pods on the node compiled for, and one in fifty is for the whole cluster.
 */
final class BenchCluster {
  static final String NODE = "node-0";
  private static final int PER_NAMESPACE = 100;
  private static final int PER_NODE = 110;
  private static final int APPS = 10;
  private static final int TEAMS = 20;

  private final int pods;
  private final int policies;
  private final int namespaces;
  private final int nodes;
  private final Random random = new Random(1);

  BenchCluster(int pods, int policies) {
    this.pods = pods;
    this.policies = policies;
    this.namespaces = Math.max(1, pods / PER_NAMESPACE);
    this.nodes = Math.max(1, pods / PER_NODE);
  }

  List<ClusterEvent> events() {
    List<ClusterEvent> events = new ArrayList<>();
    for (int i = 0; i < namespaces; i++) {
      Map<String, String> labels = Map.of("team", "team-" + i % TEAMS, "stage", "s" + i % 3);
      events.add(new ClusterEvent.PutNamespace(new Namespace("ns-" + i, labels, Map.of())));
    }
    for (int i = 0; i < nodes; i++) {
      events.add(
          new ClusterEvent.PutNode(
              new Node("node-" + i, Map.of(), List.of("172.31." + i / 256 + "." + i % 256))));
    }
    for (int i = 0; i < pods; i++) {
      events.add(pod(i, i, i % nodes));
    }
    for (int i = 0; i < policies; i++) {
      events.add(
          i % 50 == 49
              ? new ClusterEvent.PutClusterNetworkPolicy(clusterPolicy(i))
              : policy(i, 8080));
    }
    return events;
  }

  private static int app(int pod) {
    return pod / 7 % APPS;
  }

  /** The pod of that number, on a node, as one of the workload that another one is of. */
  private ClusterEvent pod(int number, int like, int node) {
    int app = app(like);
    return new ClusterEvent.PutPod(
        new Pod(
            "ns-" + like / PER_NAMESPACE % namespaces,
            "app-" + app + "-" + number,
            "uid-" + number,
            Map.of("app", "app-" + app, "tier", "t" + app % 3, "pod-template-hash", "h" + app),
            Map.of(),
            "account-" + app,
            "node-" + node,
            false,
            Pod.Phase.RUNNING,
            List.of(
                "10." + (number >> 16) + "." + (number >> 8 & 255) + "." + (number & 255),
                "fd00::" + Integer.toHexString(number >> 16) + ":" + hex(number)),
            List.of(new Pod.ContainerPort("http", 8080 + app % 2, "TCP")),
            new Pod.Owner("ReplicaSet", "app-" + app),
            false));
  }

  private static String hex(int number) {
    return Integer.toHexString(number & 0xffff);
  }

  /** One more of a workload, on another node. */
  ClusterEvent newPod(int number) {
    return pod(pods + number, number * 31 % pods, 1 % nodes);
  }

  /** One more of a workload that has a pod on the node compiled for, there. */
  ClusterEvent newPodHere(int number) {
    return pod(2 * pods + number, number % ((pods - 1) / nodes + 1) * nodes, 0);
  }

  /** Of a workload that may have none there, so that other policies come into force. */
  ClusterEvent firstPodHere(int number) {
    return pod(3 * pods + number, (number * nodes + 1) % pods, 0);
  }

  /** A pod that is there already, as one of another workload. */
  ClusterEvent relabelled(int number) {
    int pod = random.nextInt(pods);
    ClusterEvent.PutPod was = (ClusterEvent.PutPod) pod(pod, pod, pod % nodes);
    Pod o = was.object();
    String app = "app-" + (app(pod) + 1 + number % (APPS - 1)) % APPS;
    return new ClusterEvent.PutPod(
        new Pod(
            o.namespace(),
            o.name(),
            o.uid(),
            Map.of("app", app, "tier", "t" + number % 3),
            o.annotations(),
            o.serviceAccount(),
            o.node(),
            false,
            o.phase(),
            o.ips(),
            o.ports(),
            o.owner(),
            false));
  }

  /** One of the policies, with another port. */
  ClusterEvent edited(int number) {
    int policy = random.nextInt(policies);
    return policy(policy % 50 == 49 ? policy - 1 : policy, 9000 + number % 1000);
  }

  private ClusterEvent policy(int number, int port) {
    LabelSelector subject =
        number % 4 == 0 ? LabelSelector.EVERYTHING : label("app", "app-" + number % APPS);
    NetworkPolicy.Rule in =
        new NetworkPolicy.Rule(
            List.of(
                new NetworkPolicy.Peer(
                    label("app", "app-" + (number + 3) % APPS),
                    label("team", "team-" + number % TEAMS),
                    null),
                new NetworkPolicy.Peer(label("tier", "t" + number % 3), null, null)),
            List.of(tcp(IntOrString.of(port)), tcp(IntOrString.of("http"))));
    NetworkPolicy.Rule out =
        new NetworkPolicy.Rule(
            List.of(
                new NetworkPolicy.Peer(null, null, block(number)),
                new NetworkPolicy.Peer(null, label("stage", "s" + number % 3), null)),
            List.of(tcp(IntOrString.of(443)), tcp(IntOrString.of("http"))));
    return new ClusterEvent.PutNetworkPolicy(
        new NetworkPolicy(
            "ns-" + number % namespaces,
            "policy-" + number,
            "uid",
            "1",
            subject,
            List.of("Ingress", "Egress"),
            List.of(in),
            List.of(out)));
  }

  private static NetworkPolicy.IpBlock block(int number) {
    String base = "52." + number % 200 + ".";
    return new NetworkPolicy.IpBlock(base + "0.0/16", List.of(base + number % 250 + ".0/24"));
  }

  private static NetworkPolicy.Port tcp(IntOrString port) {
    return new NetworkPolicy.Port("TCP", port, null);
  }

  private static LabelSelector label(String key, String value) {
    return new LabelSelector(Map.of(key, value), List.of());
  }

  private static ClusterNetworkPolicy clusterPolicy(int number) {
    ClusterNetworkPolicy.Peer peer =
        new ClusterNetworkPolicy.Peer(
            label("team", "team-" + number % TEAMS), null, null, null, null, List.of());
    return new ClusterNetworkPolicy(
        "cluster-" + number,
        "uid",
        "1",
        number % 100 < 50 ? "Admin" : "Baseline",
        number % 1000,
        new ClusterNetworkPolicy.Subject(label("stage", "s" + number % 3), null),
        List.of(new ClusterNetworkPolicy.Rule("deny", "Deny", List.of(peer), List.of())),
        List.of());
  }
}
