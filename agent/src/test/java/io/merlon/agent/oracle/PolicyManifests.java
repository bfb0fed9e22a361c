package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterNetworkPolicy;
import io.merlon.agent.api.ClusterNetworkPolicy.NamespacedPod;
import io.merlon.agent.api.IntOrString;
import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.NetworkPolicy;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The two kinds of policy, read from YAML with every absence kept. */
final class PolicyManifests {
  private static final Set<String> SUBJECT = Set.of("namespaces", "pods");
  private static final Set<String> PEERS =
      Set.of("namespaces", "pods", "nodes", "networks", "domainNames");
  private static final Set<String> PROTOCOLS = Set.of("tcp", "udp", "sctp", "destinationNamedPort");

  private PolicyManifests() {}

  static NetworkPolicy networkPolicy(String namespace, String name, Fields spec) {
    return new NetworkPolicy(
        namespace,
        name,
        namespace + "/" + name,
        "1",
        spec.optional("podSelector", PolicyManifests::selector),
        spec.optionalTexts("policyTypes"),
        spec.optionalList("ingress", rule -> rule(rule, "from")),
        spec.optionalList("egress", rule -> rule(rule, "to")));
  }

  private static NetworkPolicy.Rule rule(Fields rule, String peers) {
    return new NetworkPolicy.Rule(
        rule.optionalList(peers, PolicyManifests::peer),
        rule.optionalList("ports", PolicyManifests::port));
  }

  private static NetworkPolicy.Peer peer(Fields peer) {
    return new NetworkPolicy.Peer(
        peer.optional("podSelector", PolicyManifests::selector),
        peer.optional("namespaceSelector", PolicyManifests::selector),
        peer.optional(
            "ipBlock",
            block -> new NetworkPolicy.IpBlock(block.text("cidr", ""), block.texts("except"))));
  }

  private static NetworkPolicy.Port port(Fields port) {
    return new NetworkPolicy.Port(
        port.text("protocol"), intOrString(port.raw("port")), port.number("endPort"));
  }

  private static @Nullable IntOrString intOrString(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Integer number -> IntOrString.of(number);
      default -> IntOrString.of(value.toString());
    };
  }

  static LabelSelector selector(Fields selector) {
    return new LabelSelector(
        selector.textMap("matchLabels"),
        selector.list(
            "matchExpressions",
            requirement ->
                new LabelSelector.Requirement(
                    requirement.text("key", ""),
                    requirement.text("operator", ""),
                    requirement.texts("values"))));
  }

  static ClusterNetworkPolicy clusterNetworkPolicy(String name, Fields spec) {
    Fields subject = spec.at("subject");
    return new ClusterNetworkPolicy(
        name,
        name,
        "1",
        spec.text("tier", ""),
        Objects.requireNonNull(spec.number("priority"), "priority"),
        new ClusterNetworkPolicy.Subject(
            subject.optional("namespaces", PolicyManifests::selector),
            subject.optional("pods", PolicyManifests::namespacedPod),
            unknown(subject, SUBJECT)),
        spec.list("ingress", rule -> clusterRule(rule, "from")),
        spec.list("egress", rule -> clusterRule(rule, "to")));
  }

  private static NamespacedPod namespacedPod(Fields pods) {
    return new NamespacedPod(
        selector(pods.at("namespaceSelector")), selector(pods.at("podSelector")));
  }

  private static ClusterNetworkPolicy.Rule clusterRule(Fields rule, String peers) {
    return new ClusterNetworkPolicy.Rule(
        rule.text("name"),
        rule.text("action", ""),
        rule.list(peers, PolicyManifests::clusterPeer),
        rule.optionalList("protocols", PolicyManifests::protocol));
  }

  private static ClusterNetworkPolicy.Peer clusterPeer(Fields peer) {
    return new ClusterNetworkPolicy.Peer(
        peer.optional("namespaces", PolicyManifests::selector),
        peer.optional("pods", PolicyManifests::namespacedPod),
        peer.optional("nodes", PolicyManifests::selector),
        peer.optionalTexts("networks"),
        peer.optionalTexts("domainNames"),
        unknown(peer, PEERS));
  }

  private static ClusterNetworkPolicy.ProtocolMatch protocol(Fields protocol) {
    return new ClusterNetworkPolicy.ProtocolMatch(
        protocol.optional("tcp", PolicyManifests::portMatch),
        protocol.optional("udp", PolicyManifests::portMatch),
        protocol.optional("sctp", PolicyManifests::portMatch),
        protocol.text("destinationNamedPort"),
        unknown(protocol, PROTOCOLS));
  }

  private static ClusterNetworkPolicy.PortMatch portMatch(Fields match) {
    Fields port = match.at("destinationPort");
    return new ClusterNetworkPolicy.PortMatch(
        port.number("number"), port.at("range").number("start"), port.at("range").number("end"));
  }

  private static List<String> unknown(Fields fields, Set<String> known) {
    return fields.fields().keySet().stream()
        .map(String::valueOf)
        .filter(name -> !known.contains(name))
        .sorted()
        .toList();
  }
}
