package io.merlon.it;

import java.util.ArrayList;
import java.util.List;

/**
 * The first node of a made-up cluster of many pods: some of its pods have an interface with nobody
 * behind it, and a few more are real.
 */
final class BenchNode implements AutoCloseable {
  /** Those with nobody behind their interfaces, and those that are here. */
  static final int OWN = 30 + 20;

  private static final int HERE = 20;
  private static final int NAMESPACES = 10;
  private static final String NODE = "node-0";

  private final PodNetwork network = PodNetwork.create(1);
  private final BenchApi api;
  private final AgentProcess agent;
  private final List<Pod> here = new ArrayList<>();

  BenchNode(int pods) {
    api = new BenchApi(network.node(), pods);
    agent =
        new AgentProcess(
            network.node(),
            NODE,
            "kubernetes",
            List.of("--kubeconfig=" + api.account(), "--kubernetes-events=false"));
    agent.environment(api.environment());
    api.own().forEach(this::connect);
    for (int i = 0; i < HERE; i++) {
      String namespace = "ns-" + i % NAMESPACES;
      Pod pod = network.addPod(namespace, "here-" + i);
      put(namespace, "here-" + i, pod.v4().getHostAddress(), i < 2 ? "" : "t" + i % 7);
      here.add(pod);
    }
  }

  /** An interface for a pod the cluster tells of: one without is an error every minute. */
  private void connect(String pod) {
    String[] name = pod.split("/", -1);
    String device = PodNetwork.device(PodNetwork.ORDINARY, name[0], name[1]);
    network
        .node()
        .configure(
            "link add %s type veth peer name p%s".formatted(device, device.substring(4)),
            "link set %s up".formatted(device));
  }

  PodNetwork network() {
    return network;
  }

  AgentProcess agent() {
    return agent;
  }

  /** The real pods; the first two are in no team, so no policy selects them. */
  List<Pod> here() {
    return here;
  }

  /** Tells of a pod of this node; policies select teams. */
  void put(String namespace, String name, String address, String team) {
    String labels = team.isEmpty() ? "" : "\"team\":\"" + team + "\"";
    String pod =
        """
        {"metadata":{"name":"%s","namespace":"%s","uid":"u","resourceVersion":"VERSION",\
        "labels":{%s}},"spec":{"nodeName":"%s"},\
        "status":{"phase":"Running","podIP":"%s","podIPs":[{"ip":"%s"}]}}\
        """
            .formatted(name, namespace, labels, NODE, address, address);
    api.put("pods", namespace + "/" + name, pod);
  }

  void delete(String namespace, String name) {
    api.delete("pods", namespace + "/" + name);
  }

  @Override
  public void close() {
    try (network;
        api) {
      agent.close();
    }
  }
}
