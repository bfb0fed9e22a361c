package io.merlon.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Pods wired in the CNI's order, one after the other and fast: the pod's side is complete before
 * the host side of its interface is moved to the node and set up, so that packets have a way from
 * that very moment. Two namespaces take turns.
 */
final class NewPods implements AutoCloseable {
  /** No pod's name leads to it. */
  private static final String NEXT = "next0";

  private final PodNetwork network;
  private final NetworkNamespace[] insides;

  /** A pod that may be there already, or be about to. */
  record Coming(NetworkNamespace inside, String device, InetAddress v4, InetAddress v6) {
    InetAddress address(boolean six) {
      return six ? v6 : v4;
    }
  }

  NewPods(PodNetwork network) {
    this.network = network;
    this.insides =
        new NetworkNamespace[] {NetworkNamespace.create("even"), NetworkNamespace.create("odd")};
  }

  /**
   * The manifest of a pod that is to run on the first node; nobody knows its addresses yet.
   *
   * @param metadata besides names
   */
  static String scheduled(String name, String uid, String metadata) {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: %s, namespace: payments, uid: %s, %s}
    spec: {nodeName: node-a}
    status: {phase: Pending}
    """
        .formatted(name, uid, metadata);
  }

  /** What a pod will be. */
  Coming coming(String namespace, String name, int index) {
    return new Coming(
        insides[index % 2],
        PodNetwork.device(PodNetwork.ORDINARY, namespace, name),
        InetAddress.ofLiteral("10.101.%d.%d".formatted(index >> 8, index & 0xff)),
        InetAddress.ofLiteral("fd00:1::%x".formatted(index)));
  }

  /** The pod's side, as complete as it can be. */
  void prepare(Coming pod) {
    prepare(pod, pod.device);
  }

  private void prepare(Coming pod, String device) {
    String mac = "0a:58:00:01:00:01";
    pod.inside.configure(
        "link add eth0 type veth peer name %s address %s".formatted(device, mac),
        "link set eth0 up",
        "address add %s/32 dev eth0".formatted(pod.v4.getHostAddress()),
        "address add %s/128 dev eth0 nodad".formatted(pod.v6.getHostAddress()),
        "route add 169.254.1.1 dev eth0 scope link",
        "route add default via 169.254.1.1 dev eth0",
        "neighbour replace 169.254.1.1 lladdr %s dev eth0 nud permanent".formatted(mac),
        "route add default via fe80::1 dev eth0",
        "neighbour replace fe80::1 lladdr %s dev eth0 nud permanent".formatted(mac),
        "link set %s netns %s".formatted(device, network.node().name()));
  }

  /** As {@link #prepare}, while another pod's interface still has the name. */
  void prepareNext(Coming pod) {
    prepare(pod, NEXT);
  }

  /** The former pod's interface goes, and the next one's has its name and is up at once. */
  void takePlace(Coming pod) {
    List<String> commands = new ArrayList<>();
    commands.add("link delete " + pod.device);
    commands.add("link set %s name %s".formatted(NEXT, pod.device));
    commands.addAll(connecting(pod));
    network.node().configure(commands.toArray(String[]::new));
  }

  /** The node's side: from the first of these on packets flow. After the last the CNI is done. */
  void connect(Coming pod) {
    network.node().configure(connecting(pod).toArray(String[]::new));
  }

  private static List<String> connecting(Coming pod) {
    return List.of(
        "link set %s up".formatted(pod.device),
        "route add %s/32 dev %s scope link".formatted(pod.v4.getHostAddress(), pod.device),
        "route add %s/128 dev %s".formatted(pod.v6.getHostAddress(), pod.device));
  }

  /**
   * The pod's first process, which sends datagrams from its first instant until it is ended. The
   * container's own namespaces are made when the CNI is done, as every runtime does.
   */
  Process run(Coming pod, InetSocketAddress to) {
    String loop =
        "exec 3>/dev/udp/%s/%d; while :; do echo m >&3; done 2>/dev/null"
            .formatted(to.getAddress().getHostAddress(), to.getPort());
    String line =
        "nsenter --net=/run/netns/%s unshare --mount --uts --ipc".formatted(pod.inside.name());
    List<String> command = new ArrayList<>(List.of(line.split(" ", -1)));
    command.addAll(List.of("bash", "-c", loop));
    try {
      return new ProcessBuilder(command).inheritIO().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void remove(Coming pod) {
    network.node().configure("link delete " + pod.device);
  }

  @Override
  public void close() {
    for (NetworkNamespace inside : insides) {
      inside.close();
    }
  }
}
