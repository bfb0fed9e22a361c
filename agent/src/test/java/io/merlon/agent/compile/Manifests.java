package io.merlon.agent.compile;

import io.merlon.agent.api.ClusterNetworkPolicy;
import io.merlon.agent.api.IntOrString;
import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.api.NetworkPolicy.IpBlock;
import io.merlon.agent.api.NetworkPolicy.Peer;
import io.merlon.agent.api.NetworkPolicy.Port;
import io.merlon.agent.api.NetworkPolicy.Rule;
import io.merlon.agent.api.Pod;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes objects as tersely as the tests want to be read. */
final class Manifests {
  static final LabelSelector ALL = LabelSelector.EVERYTHING;

  private Manifests() {}

  /** Labels written as {@code "app=web,tier=front"}. */
  static Map<String, String> labels(String text) {
    Map<String, String> labels = new HashMap<>();
    for (String pair : text.isEmpty() ? new String[0] : text.split(",")) {
      String[] parts = pair.split("=", 2);
      labels.put(parts[0], parts[1]);
    }
    return labels;
  }

  static LabelSelector match(String labels) {
    return new LabelSelector(labels(labels), List.of());
  }

  static LabelSelector expression(String key, String operator, String... values) {
    return new LabelSelector(
        Map.of(), List.of(new LabelSelector.Requirement(key, operator, List.of(values))));
  }

  static Pod pod(
      String namespace, String name, String labels, String ip, Pod.ContainerPort... ports) {
    return new Pod(
        namespace,
        name,
        "uid-" + namespace + "-" + name,
        labels(labels),
        Map.of(),
        "default",
        "node-a",
        false,
        Pod.Phase.RUNNING,
        List.of(ip.split(",")),
        List.of(ports),
        null,
        false);
  }

  static Pod withPhase(Pod pod, Pod.Phase phase, boolean terminating) {
    return new Pod(
        pod.namespace(),
        pod.name(),
        pod.uid(),
        pod.labels(),
        pod.annotations(),
        pod.serviceAccount(),
        pod.node(),
        pod.hostNetwork(),
        phase,
        pod.ips(),
        pod.ports(),
        pod.owner(),
        terminating);
  }

  static Pod onNode(Pod pod, String node, boolean hostNetwork) {
    return new Pod(
        pod.namespace(),
        pod.name(),
        pod.uid(),
        pod.labels(),
        pod.annotations(),
        pod.serviceAccount(),
        node,
        hostNetwork,
        pod.phase(),
        pod.ips(),
        pod.ports(),
        pod.owner(),
        pod.terminating());
  }

  static Pod withAccount(Pod pod, String serviceAccount, Map<String, String> annotations) {
    return new Pod(
        pod.namespace(),
        pod.name(),
        pod.uid(),
        pod.labels(),
        annotations,
        serviceAccount,
        pod.node(),
        pod.hostNetwork(),
        pod.phase(),
        pod.ips(),
        pod.ports(),
        pod.owner(),
        pod.terminating());
  }

  static NetworkPolicy policy(
      String namespace,
      String name,
      @Nullable LabelSelector pods,
      @Nullable List<String> types,
      @Nullable List<Rule> ingress,
      @Nullable List<Rule> egress) {
    return new NetworkPolicy(namespace, name, "uid", "1", pods, types, ingress, egress);
  }

  static NetworkPolicy ingress(String namespace, String name, LabelSelector pods, Rule... rules) {
    return policy(namespace, name, pods, List.of("Ingress"), List.of(rules), null);
  }

  static NetworkPolicy egress(String namespace, String name, LabelSelector pods, Rule... rules) {
    return policy(namespace, name, pods, List.of("Egress"), null, List.of(rules));
  }

  static Rule rule(@Nullable List<Peer> peers, @Nullable List<Port> ports) {
    return new Rule(peers, ports);
  }

  static Rule peers(Peer... peers) {
    return new Rule(List.of(peers), null);
  }

  static Rule onPorts(Port... ports) {
    return new Rule(null, List.of(ports));
  }

  static Peer pods(LabelSelector selector) {
    return new Peer(selector, null, null);
  }

  static Peer namespaces(LabelSelector selector) {
    return new Peer(null, selector, null);
  }

  static Peer podsIn(LabelSelector namespaces, LabelSelector pods) {
    return new Peer(pods, namespaces, null);
  }

  static Peer block(String cidr, String... except) {
    return new Peer(null, null, new IpBlock(cidr, List.of(except)));
  }

  static Port port(String protocol, int number) {
    return new Port(protocol, IntOrString.of(number), null);
  }

  static Port port(String protocol, String name) {
    return new Port(protocol, IntOrString.of(name), null);
  }

  static Port range(String protocol, int first, int last) {
    return new Port(protocol, IntOrString.of(first), last);
  }

  static ClusterNetworkPolicy cluster(
      String name,
      String tier,
      int priority,
      LabelSelector namespaces,
      List<ClusterNetworkPolicy.Rule> ingress,
      List<ClusterNetworkPolicy.Rule> egress) {
    return new ClusterNetworkPolicy(
        name,
        "uid",
        "1",
        tier,
        priority,
        new ClusterNetworkPolicy.Subject(namespaces, null),
        ingress,
        egress);
  }

  static ClusterNetworkPolicy.Rule action(
      String action,
      @Nullable List<ClusterNetworkPolicy.ProtocolMatch> protocols,
      ClusterNetworkPolicy.Peer... peers) {
    return new ClusterNetworkPolicy.Rule(null, action, List.of(peers), protocols);
  }

  static ClusterNetworkPolicy.Peer inNamespaces(LabelSelector namespaces) {
    return new ClusterNetworkPolicy.Peer(namespaces, null, null, null, null, List.of());
  }

  static ClusterNetworkPolicy.Peer nodes(LabelSelector nodes) {
    return new ClusterNetworkPolicy.Peer(null, null, nodes, null, null, List.of());
  }

  static ClusterNetworkPolicy.Peer networks(String... cidrs) {
    return new ClusterNetworkPolicy.Peer(null, null, null, List.of(cidrs), null, List.of());
  }

  static ClusterNetworkPolicy.Peer unknownPeer(String kind) {
    return new ClusterNetworkPolicy.Peer(null, null, null, null, null, List.of(kind));
  }

  static ClusterNetworkPolicy.ProtocolMatch tcp(int port) {
    return new ClusterNetworkPolicy.ProtocolMatch(
        new ClusterNetworkPolicy.PortMatch(port, null, null), null, null, null, List.of());
  }

  static ClusterNetworkPolicy.ProtocolMatch named(String port) {
    return new ClusterNetworkPolicy.ProtocolMatch(null, null, null, port, List.of());
  }
}
