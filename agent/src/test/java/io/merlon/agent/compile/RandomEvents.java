package io.merlon.agent.compile;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterNetworkPolicy;
import io.merlon.agent.api.EndpointSlice;
import io.merlon.agent.api.IntOrString;
import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.api.Node;
import io.merlon.agent.api.Pod;
import io.merlon.agent.api.PodIdentityAssociation;
import io.merlon.agent.api.Service;
import io.merlon.agent.api.ServiceAccount;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Events of a small world in which everything meets everything: few names, few addresses, few
 * labels. Keys come again, so that objects are replaced, removed and put anew.
 */
public final class RandomEvents {
  private static final List<String> CIDRS =
      List.of(
          "10.0.0.0/8",
          "10.0.0.0/24",
          "10.0.0.0/29",
          "10.0.0.4/30",
          "10.0.0.5/32",
          "0.0.0.0/0",
          "192.168.0.0/30",
          "fd00::/16",
          "fd00::4/126",
          "::/0",
          "10.0.0.0/40",
          "172.16.0.0/12");
  private static final List<String> PORT_NAMES = List.of("http", "dns", "grpc");

  private final Random random;

  public RandomEvents(Random random) {
    this.random = random;
  }

  public ClusterEvent next() {
    int kind = random.nextInt(100);
    Object object = kind < 40 ? pod() : kind < 65 ? policy() : other(kind);
    ClusterEvent put = Cluster.event(object);
    return random.nextInt(4) == 0 ? new ClusterEvent.Gone(put.key()) : put;
  }

  private Object other(int kind) {
    return kind < 75
        ? clusterPolicy()
        : kind < 80
            ? namespace()
            : kind < 84
                ? node()
                : kind < 88
                    ? account()
                    : kind < 90 ? association() : kind < 94 ? service() : slice();
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private <T> List<T> some(int most, Supplier<T> supplier) {
    List<T> list = new ArrayList<>();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      list.add(supplier.get());
    }
    return list;
  }

  private String name() {
    return pick(List.of("a", "b", "c"));
  }

  private Map<String, String> labels() {
    Map<String, String> labels = new HashMap<>();
    for (String key : List.of("app", "tier", "identity.merlon.io/iam-role")) {
      if (random.nextInt(3) > 0 && (key.length() < 5 || oneIn(4))) {
        labels.put(key, pick(List.of("x", "y", "")));
      }
    }
    return labels;
  }

  private Map<String, String> modes() {
    return oneIn(3)
        ? Map.of(Mode.ANNOTATION, pick(List.of("observe", "audit", "enforce", "off")))
        : Map.of();
  }

  private String ip() {
    return oneIn(4) ? "fd00::" + random.nextInt(8) : "10.0.0." + random.nextInt(12);
  }

  private Namespace namespace() {
    return new Namespace(name(), labels(), modes());
  }

  private Node node() {
    return new Node(
        pick(List.of("node-a", "node-b")),
        labels(),
        some(2, () -> oneIn(4) ? ip() : "192.168.0." + random.nextInt(4)));
  }

  private ServiceAccount account() {
    return new ServiceAccount(
        name(),
        pick(List.of("default", "robot")),
        oneIn(3) ? Map.of() : Map.of("eks.amazonaws.com/role-arn", arn()));
  }

  private PodIdentityAssociation association() {
    return new PodIdentityAssociation(name(), pick(List.of("default", "robot")), arn());
  }

  private String arn() {
    return oneIn(6) ? "nonsense" : "arn:aws:iam::123456789012:role/" + pick(List.of("x", "y"));
  }

  private Pod pod() {
    boolean host = oneIn(8);
    return new Pod(
        name(),
        "pod-" + random.nextInt(5),
        "uid-" + random.nextInt(2),
        labels(),
        modes(),
        pick(List.of("default", "robot")),
        oneIn(8) ? null : pick(List.of("node-a", "node-b")),
        host,
        pick(
            List.of(
                Pod.Phase.RUNNING,
                Pod.Phase.RUNNING,
                Pod.Phase.RUNNING,
                Pod.Phase.PENDING,
                Pod.Phase.UNKNOWN,
                Pod.Phase.FAILED)),
        host ? List.of("192.168.0." + random.nextInt(4)) : some(2, this::ip),
        some(
            2,
            () ->
                new Pod.ContainerPort(
                    oneIn(4) ? null : pick(PORT_NAMES),
                    pick(List.of(80, 8080, 53)),
                    pick(List.of("TCP", "UDP")))),
        oneIn(2) ? null : new Pod.Owner("ReplicaSet", name()),
        oneIn(6));
  }

  private LabelSelector selector() {
    int kind = random.nextInt(10);
    if (kind < 3) {
      return LabelSelector.EVERYTHING;
    }
    String key = pick(List.of("app", "tier", "identity.merlon.io/iam-role"));
    String value = pick(List.of("x", "y", ""));
    if (kind < 6) {
      return new LabelSelector(Map.of(key, value), List.of());
    }
    String operator = pick(List.of("In", "NotIn", "Exists", "DoesNotExist", "Is"));
    List<String> values = operator.endsWith("In") ? List.of(value, "z") : List.of();
    return new LabelSelector(
        Map.of(), List.of(new LabelSelector.Requirement(key, operator, values)));
  }

  private <T> @Nullable T maybe(Supplier<T> supplier) {
    return oneIn(4) ? null : supplier.get();
  }

  private NetworkPolicy policy() {
    return new NetworkPolicy(
        name(),
        "policy-" + random.nextInt(4),
        "uid",
        "1",
        maybe(this::selector),
        maybe(() -> some(2, () -> pick(List.of("Ingress", "Egress", "Ingress", "Egress", "Up")))),
        maybe(() -> some(2, this::rule)),
        maybe(() -> some(2, this::rule)));
  }

  private NetworkPolicy.Rule rule() {
    return new NetworkPolicy.Rule(
        maybe(() -> some(2, this::peer)), maybe(() -> some(2, this::port)));
  }

  private NetworkPolicy.Peer peer() {
    return switch (random.nextInt(8)) {
      case 0, 1 -> new NetworkPolicy.Peer(selector(), null, null);
      case 2, 3 -> new NetworkPolicy.Peer(null, selector(), null);
      case 4 -> new NetworkPolicy.Peer(selector(), selector(), null);
      case 5 -> new NetworkPolicy.Peer(null, null, null);
      default ->
          new NetworkPolicy.Peer(
              null, null, new NetworkPolicy.IpBlock(pick(CIDRS), some(2, () -> pick(CIDRS))));
    };
  }

  private NetworkPolicy.Port port() {
    IntOrString port =
        oneIn(3)
            ? IntOrString.of(pick(PORT_NAMES))
            : IntOrString.of(pick(List.of(80, 53, 8080, 0)));
    return new NetworkPolicy.Port(
        maybe(() -> pick(List.of("TCP", "UDP", "SCTP", "ICMP"))),
        maybe(() -> port),
        oneIn(4) ? Integer.valueOf(pick(List.of(81, 9000))) : null);
  }

  private ClusterNetworkPolicy clusterPolicy() {
    return new ClusterNetworkPolicy(
        "cluster-" + random.nextInt(4),
        "uid",
        "1",
        pick(List.of("Admin", "Admin", "Baseline", "Baseline", "Nonsense")),
        random.nextInt(3),
        oneIn(2)
            ? new ClusterNetworkPolicy.Subject(selector(), null)
            : new ClusterNetworkPolicy.Subject(
                null, new ClusterNetworkPolicy.NamespacedPod(selector(), selector())),
        some(2, this::clusterRule),
        some(2, this::clusterRule));
  }

  private ClusterNetworkPolicy.Rule clusterRule() {
    return new ClusterNetworkPolicy.Rule(
        maybe(this::name),
        pick(List.of("Accept", "Deny", "Pass")),
        List.of(clusterPeer(), clusterPeer()),
        maybe(() -> some(2, this::protocol)));
  }

  private ClusterNetworkPolicy.Peer clusterPeer() {
    return switch (random.nextInt(12)) {
      case 0 -> new ClusterNetworkPolicy.Peer(null, null, null, null, null, List.of("planets"));
      case 1, 2, 3 -> new ClusterNetworkPolicy.Peer(selector(), null, null, null, null, List.of());
      case 4, 5 -> new ClusterNetworkPolicy.Peer(null, null, selector(), null, null, List.of());
      case 6, 7 ->
          new ClusterNetworkPolicy.Peer(
              null, null, null, List.of(pick(CIDRS), pick(CIDRS)), null, List.of());
      default ->
          new ClusterNetworkPolicy.Peer(
              null,
              new ClusterNetworkPolicy.NamespacedPod(selector(), selector()),
              null,
              null,
              null,
              List.of());
    };
  }

  private ClusterNetworkPolicy.ProtocolMatch protocol() {
    ClusterNetworkPolicy.PortMatch ports =
        oneIn(3)
            ? new ClusterNetworkPolicy.PortMatch(null, 50, 8080)
            : new ClusterNetworkPolicy.PortMatch(pick(List.of(80, 53)), null, null);
    return switch (random.nextInt(4)) {
      case 0 -> new ClusterNetworkPolicy.ProtocolMatch(ports, null, null, null, List.of());
      case 1 -> new ClusterNetworkPolicy.ProtocolMatch(null, ports, null, null, List.of());
      case 2 -> new ClusterNetworkPolicy.ProtocolMatch(null, null, ports, null, List.of());
      default ->
          new ClusterNetworkPolicy.ProtocolMatch(null, null, null, pick(PORT_NAMES), List.of());
    };
  }

  private Service service() {
    List<String> addresses =
        some(2, () -> oneIn(4) ? "fd01::" + random.nextInt(2) : "172.20.0." + random.nextInt(2));
    return new Service(
        name(),
        "service-" + random.nextInt(2),
        "ClusterIP",
        addresses,
        oneIn(4) ? addresses : List.of(),
        some(2, () -> new Service.Port(maybe(this::name), "TCP", pick(List.of(80, 443)), 0)));
  }

  private EndpointSlice slice() {
    return new EndpointSlice(
        name(),
        "slice-" + random.nextInt(3),
        "service-" + random.nextInt(2),
        "IPv4",
        some(
            2,
            () ->
                new EndpointSlice.Port(
                    maybe(this::name), "TCP", maybe(() -> pick(List.of(80, 8080))))),
        some(3, () -> new EndpointSlice.Endpoint(List.of(ip()), true, !oneIn(4), false)));
  }
}
