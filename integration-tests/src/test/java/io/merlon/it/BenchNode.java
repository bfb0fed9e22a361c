package io.merlon.it;

import java.util.ArrayList;
import java.util.List;

/**
 * A node of a cluster of many pods, of which a few are here and real; ten policies in each of ten
 * namespaces, half of which tell apart what the pods are.
 */
final class BenchNode implements AutoCloseable {
  static final int HERE = 20;

  private static final int NAMESPACES = 10;
  private static final int APPS = 20;

  private final PodNetwork network = PodNetwork.create(1);
  private final SmallApiServer server = new SmallApiServer(network.node());
  private final AgentProcess agent =
      new AgentProcess(
          network.node(),
          "node-a",
          "kubernetes",
          List.of("--kubeconfig=" + server.kubeconfig(), "--kubernetes-events=false"));
  private final List<Pod> here = new ArrayList<>();

  BenchNode(int pods) {
    server.put("nodes", "node-a", meta("", "node-a", ""));
    for (int i = 0; i < NAMESPACES; i++) {
      server.put("namespaces", "ns" + i, meta("", "ns" + i, "\"team\":\"t" + i + "\""));
      for (int k = 0; k < 10; k++) {
        policy("ns" + i, k);
      }
    }
    for (int i = 0; i < HERE; i++) {
      String name = "here-" + i;
      Pod pod = network.addPod("ns" + i % NAMESPACES, name);
      put("ns" + i % NAMESPACES, name, "node-a", pod.v4().getHostAddress(), i);
      here.add(pod);
    }
    for (int i = HERE; i < pods; i++) {
      String address = "10.%d.%d.%d".formatted(i >> 16, i >> 8 & 255, i & 255);
      put("ns" + i % NAMESPACES, "pod-" + i, "node-" + i % 100, address, i);
    }
    server.come();
  }

  PodNetwork network() {
    return network;
  }

  AgentProcess agent() {
    return agent;
  }

  /** Pods whose egress is open and pods that take datagrams from all: the first and the second. */
  List<Pod> here() {
    return here;
  }

  private void policy(String namespace, int number) {
    server.put(
        "networkpolicies",
        namespace + "/policy-" + number,
        """
        %s,"spec":{"podSelector":{"matchLabels":{"app":"app-%d"}},"policyTypes":["Ingress"],
        "ingress":[{"from":[{"namespaceSelector":{"matchLabels":{"team":"t%d"}},
        "podSelector":{"matchLabels":{"app":"app-%d"}}}],"ports":[{"protocol":"TCP","port":8080}]},
        {"ports":[{"protocol":"UDP","port":10000,"endPort":60000}]}]}\
        """
            .formatted(meta(namespace, "policy-" + number, ""), number, number, number + 3));
  }

  /** Tells of a pod. */
  void put(String namespace, String name, String node, String address, int like) {
    server.put(
        "pods",
        namespace + "/" + name,
        """
        %s,"spec":{"nodeName":"%s"},
        "status":{"phase":"Running","podIP":"%s","podIPs":[{"ip":"%s"}]}\
        """
            .formatted(
                meta(namespace, name, "\"app\":\"app-" + like % APPS + "\""),
                node,
                address,
                address));
  }

  void delete(String namespace, String name) {
    server.delete("pods", namespace + "/" + name);
  }

  private static String meta(String namespace, String name, String labels) {
    return """
    "metadata":{"name":"%s","namespace":"%s","uid":"u","resourceVersion":"VERSION","labels":{%s}}\
    """
        .formatted(name, namespace, labels);
  }

  @Override
  public void close() {
    try (network;
        server) {
      agent.close();
    }
  }
}
