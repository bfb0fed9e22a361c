package io.merlon.it;

import io.merlon.bpf.Interfaces;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A node's network namespace and its pods, wired as the AWS VPC CNI does: a veth pair per pod and
 * no bridge; the host side named {@code eni} and eleven digits of a hash; routes to the pod's
 * single addresses; a link-local gateway that nobody owns, with a permanent neighbour entry.
 */
public final class PodNetwork implements AutoCloseable {
  private static final String GATEWAY = "169.254.1.1";
  private static final String GATEWAY6 = "fe80::1";

  private final int number;
  private final NetworkNamespace node;
  private final List<Pod> pods = new ArrayList<>();
  private int last;

  /** How the names of pods' interfaces on the node begin. */
  public static final String ORDINARY = "eni";

  /** The same, of pods that have a branch network interface of the node's to themselves. */
  public static final String BRANCH = "vlan";

  /**
   * What a new pod gets.
   *
   * @param prefix of its interface's name on the node
   * @param index of its addresses, from 1
   */
  public record Place(String prefix, int index) {
    private String v4(int node) {
      return "10.%d.%d.%d".formatted(100 + node, index >> 8, index & 0xff);
    }

    private String v6(int node) {
      return "fd00:%d::%x".formatted(node, index);
    }

    private String mac(int node) {
      return "0a:58:00:%02x:%02x:%02x".formatted(node, index >> 8, index & 0xff);
    }
  }

  private PodNetwork(int number, NetworkNamespace node) {
    this.number = number;
    this.node = node;
  }

  /**
   * Creates a node without pods.
   *
   * @param number 1 to 99, the node's within whatever it will be connected to
   */
  public static PodNetwork create(int number) {
    return of(number, NetworkNamespace.create("node" + number));
  }

  /** The same of a namespace that is there, and ends with this network. */
  public static PodNetwork of(int number, NetworkNamespace node) {
    PodNetwork network = new PodNetwork(number, node);
    network.forward();
    return network;
  }

  private void forward() {
    node.sysctl("net/ipv4/ip_forward", "1");
    node.sysctl("net/ipv6/conf/all/forwarding", "1");
  }

  public NetworkNamespace node() {
    return node;
  }

  /** The pods' addresses are all of this prefix, or of {@link #prefix6}. */
  public String prefix4() {
    return "10.%d.0.0/16".formatted(100 + number);
  }

  public String prefix6() {
    return "fd00:%d::/64".formatted(number);
  }

  /** The name of a pod's interface on the node. */
  public static String device(String prefix, String namespace, String name) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-1")
              .digest((namespace + "." + name).getBytes(StandardCharsets.UTF_8));
      return prefix + HexFormat.of().formatHex(hash).substring(0, 11);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The index of addresses no pod ever had. */
  public int next() {
    return ++last;
  }

  /** The index of a pod's addresses. */
  public int index(Pod pod) {
    byte[] address = pod.v4().getAddress();
    return (address[2] & 0xff) << 8 | (address[3] & 0xff);
  }

  /** The hardware address of a pod's gateway, which is its interface's host side. */
  public byte[] gateway(Pod pod) {
    String mac = new Place(ORDINARY, index(pod)).mac(number);
    return HexFormat.ofDelimiter(":").parseHex(mac);
  }

  /** Adds a pod; it ends with this network, or earlier. */
  public Pod addPod(String namespace, String name) {
    return addPod(namespace, name, new Place(ORDINARY, next()));
  }

  /** Adds a pod at a place of the caller's choice. */
  public Pod addPod(String namespace, String name, Place place) {
    return addPod(namespace, name, place, NetworkNamespace.create(name));
  }

  /** Adds a pod whose namespace is there, and ends with this network, or earlier. */
  public Pod addPod(String namespace, String name, Place place, NetworkNamespace inside) {
    String device = device(place.prefix, namespace, name);
    String v4 = place.v4(number);
    String v6 = place.v6(number);
    try {
      String mac = place.mac(number);
      node.configure(
          "link add %s address %s type veth peer name eth0 netns %s"
              .formatted(device, mac, inside.name()),
          "link set %s up".formatted(device),
          "route add %s/32 dev %s scope link".formatted(v4, device),
          "route add %s/128 dev %s".formatted(v6, device));
      configure(inside, mac, v4, v6);
      int ifindex = node.call(() -> Interfaces.index(device));
      Pod pod =
          new Pod(inside, device, ifindex, InetAddress.ofLiteral(v4), InetAddress.ofLiteral(v6));
      pods.add(pod);
      return pod;
    } catch (RuntimeException failure) {
      inside.close();
      throw failure;
    }
  }

  /** Removes a pod: first its interface, as the CNI does, then the rest of it. */
  public void remove(Pod pod) {
    pods.remove(pod);
    node.configure("link delete " + pod.device());
    pod.close();
  }

  private static void configure(NetworkNamespace pod, String gatewayMac, String v4, String v6) {
    pod.configure(
        "link set eth0 up",
        "address add %s/32 dev eth0".formatted(v4),
        "address add %s/128 dev eth0 nodad".formatted(v6),
        "route add %s dev eth0 scope link".formatted(GATEWAY),
        "route add default via %s dev eth0".formatted(GATEWAY),
        "neighbour add %s lladdr %s dev eth0 nud permanent".formatted(GATEWAY, gatewayMac),
        "route add default via %s dev eth0".formatted(GATEWAY6),
        "neighbour add %s lladdr %s dev eth0 nud permanent".formatted(GATEWAY6, gatewayMac));
  }

  @Override
  public void close() {
    try {
      pods.stream().filter(pod -> pod.namespace().exists()).forEach(Pod::close);
    } finally {
      node.close();
    }
  }
}
