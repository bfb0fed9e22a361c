package io.merlon.it;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A node with pods, whose cluster is a folder, and the agent that enforces it. */
final class AgentNode implements AutoCloseable {
  private final @Nullable ClusterFolder own;
  private final ClusterFolder cluster;
  private final PodNetwork network;
  private final String name;
  private final int number;
  private final Map<String, Pod> pods = new LinkedHashMap<>();
  private final AgentProcess agent;

  /** A cluster of one node. */
  AgentNode(String... options) {
    this(new ClusterFolder(), true, 1, options);
  }

  /**
   * A node of a cluster.
   *
   * @param number from 1
   */
  AgentNode(ClusterFolder cluster, int number, String... options) {
    this(cluster, false, number, options);
  }

  private AgentNode(ClusterFolder cluster, boolean owned, int number, String... options) {
    this.cluster = cluster;
    this.own = owned ? cluster : null;
    this.number = number;
    this.name = "node-" + (char) ('a' + number - 1);
    this.network = PodNetwork.create(number);
    this.agent =
        new AgentProcess(network.node(), name, "folder:" + cluster.path(), List.of(options));
    cluster.node(name, number);
  }

  AgentProcess agent() {
    return agent;
  }

  PodNetwork network() {
    return network;
  }

  int number() {
    return number;
  }

  ClusterFolder cluster() {
    return cluster;
  }

  /** Adds a namespace to the cluster. */
  void namespace(String namespace, String labels, String annotations) {
    cluster.namespace(namespace, labels, annotations);
  }

  void write(String file, String manifest) {
    cluster.write(file, manifest);
  }

  void delete(String file) {
    cluster.delete(file);
  }

  /** Adds a pod, to the node and to the cluster. */
  Pod pod(String namespace, String pod, String labels) {
    return pod(namespace, pod, labels, PodNetwork.ORDINARY);
  }

  /** Adds a pod whose interface's name begins otherwise. */
  Pod pod(String namespace, String pod, String labels, String prefix) {
    Pod added =
        pods.computeIfAbsent(
            namespace + "/" + pod,
            _ -> network.addPod(namespace, pod, new PodNetwork.Place(prefix, network.next())));
    describe(namespace, pod, labels, "");
    return added;
  }

  /** Adds a pod that has the addresses another one had. */
  Pod successor(Pod before, String namespace, String pod, String labels) {
    Pod added =
        network.addPod(
            namespace, pod, new PodNetwork.Place(PodNetwork.ORDINARY, network.index(before)));
    pods.put(namespace + "/" + pod, added);
    describe(namespace, pod, labels, "");
    return added;
  }

  /** Tells the cluster about a pod that is there. */
  void describe(String namespace, String pod, String labels, String annotations) {
    describe(namespace, pod, "labels: {%s}, annotations: {%s}".formatted(labels, annotations));
  }

  /**
   * Tells the cluster about a pod that is there.
   *
   * @param metadata besides its names
   */
  void describe(String namespace, String pod, String metadata) {
    Pod described = pods.get(namespace + "/" + pod);
    if (described == null) {
      throw new IllegalStateException("no pod " + namespace + "/" + pod);
    }
    cluster.pod(name, namespace, pod, metadata, described);
  }

  /** Removes a pod from the cluster and, after that, from the node. */
  void remove(String namespace, String pod) {
    Pod removed = pods.remove(namespace + "/" + pod);
    if (removed == null) {
      throw new IllegalStateException("no pod " + namespace + "/" + pod);
    }
    delete("pod-" + namespace + "-" + pod);
    network.remove(removed);
  }

  /** What the kernel has counted; to be closed before the node. */
  PinnedState state() {
    return new PinnedState(agent.pins());
  }

  @Override
  public void close() {
    try (network) {
      agent.close();
    } finally {
      if (own != null) {
        own.close();
      }
    }
  }
}
