package io.merlon.agent.oracle;

import static io.merlon.agent.oracle.ManifestWriter.each;
import static io.merlon.agent.oracle.ManifestWriter.fields;

import io.merlon.agent.api.ClusterNetworkPolicy;
import io.merlon.agent.api.ClusterNetworkPolicy.NamespacedPod;
import io.merlon.agent.api.ClusterNetworkPolicy.PortMatch;
import io.merlon.agent.api.IntOrString;
import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.NetworkPolicy;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The two kinds of policy as YAML; absent stays absent and empty stays empty. */
final class PolicyWriter {
  private PolicyWriter() {}

  static Object write(NetworkPolicy policy) {
    Map<String, Object> object =
        ManifestWriter.object(
            "NetworkPolicy", ManifestWriter.meta(policy.namespace(), policy.name(), Map.of()));
    object.put("spec", spec(policy));
    return object;
  }

  private static Map<String, Object> spec(NetworkPolicy policy) {
    return fields(
        "podSelector",
        selector(policy.podSelector()),
        "policyTypes",
        policy.policyTypes(),
        "ingress",
        list(policy.ingress(), rule -> rule(rule, "from")),
        "egress",
        list(policy.egress(), rule -> rule(rule, "to")));
  }

  private static <T> @Nullable Object list(@Nullable List<T> values, Function<T, Object> writer) {
    return values == null ? null : each(values, writer);
  }

  private static Object rule(NetworkPolicy.Rule rule, String peers) {
    return fields(
        peers,
        list(rule.peers(), PolicyWriter::peer),
        "ports",
        list(
            rule.ports(),
            port ->
                fields(
                    "protocol",
                    port.protocol(),
                    "port",
                    number(port.port()),
                    "endPort",
                    port.endPort())));
  }

  private static @Nullable Object number(@Nullable IntOrString port) {
    return switch (port) {
      case null -> null;
      case IntOrString.Int(int value) -> value;
      case IntOrString.Str(String value) -> value;
    };
  }

  private static Object peer(NetworkPolicy.Peer peer) {
    NetworkPolicy.IpBlock block = peer.ipBlock();
    return fields(
        "podSelector",
        selector(peer.podSelector()),
        "namespaceSelector",
        selector(peer.namespaceSelector()),
        "ipBlock",
        block == null
            ? null
            : fields(
                "cidr", block.cidr(), "except", block.except().isEmpty() ? null : block.except()));
  }

  private static @Nullable Object selector(@Nullable LabelSelector selector) {
    if (selector == null) {
      return null;
    }
    return fields(
        "matchLabels",
        selector.matchLabels().isEmpty() ? null : new TreeMap<>(selector.matchLabels()),
        "matchExpressions",
        selector.matchExpressions().isEmpty()
            ? null
            : each(
                selector.matchExpressions(),
                requirement ->
                    fields(
                        "key",
                        requirement.key(),
                        "operator",
                        requirement.operator(),
                        "values",
                        requirement.values().isEmpty() ? null : requirement.values())));
  }

  static Object write(ClusterNetworkPolicy policy) {
    Map<String, Object> object =
        ManifestWriter.object(
            "ClusterNetworkPolicy", ManifestWriter.meta(null, policy.name(), Map.of()));
    object.put(
        "spec",
        fields(
            "tier",
            policy.tier(),
            "priority",
            policy.priority(),
            "subject",
            subject(policy.subject()),
            "ingress",
            policy.ingress().isEmpty() ? null : each(policy.ingress(), rule -> rule(rule, "from")),
            "egress",
            policy.egress().isEmpty() ? null : each(policy.egress(), rule -> rule(rule, "to"))));
    return object;
  }

  private static Object subject(ClusterNetworkPolicy.Subject subject) {
    Map<String, Object> fields =
        fields("namespaces", selector(subject.namespaces()), "pods", pods(subject.pods()));
    subject.unknown().forEach(name -> fields.put(name, Map.of()));
    return fields;
  }

  private static @Nullable Object pods(@Nullable NamespacedPod pods) {
    return pods == null
        ? null
        : fields(
            "namespaceSelector",
            selector(pods.namespaceSelector()),
            "podSelector",
            selector(pods.podSelector()));
  }

  private static Object rule(ClusterNetworkPolicy.Rule rule, String peers) {
    return fields(
        "name",
        rule.name(),
        "action",
        rule.action(),
        peers,
        each(rule.peers(), PolicyWriter::peer),
        "protocols",
        list(rule.protocols(), PolicyWriter::protocol));
  }

  private static Object peer(ClusterNetworkPolicy.Peer peer) {
    Map<String, Object> fields =
        fields(
            "namespaces",
            selector(peer.namespaces()),
            "pods",
            pods(peer.pods()),
            "nodes",
            selector(peer.nodes()),
            "networks",
            peer.networks(),
            "domainNames",
            peer.domainNames());
    peer.unknown().forEach(name -> fields.put(name, Map.of()));
    return fields;
  }

  private static Object protocol(ClusterNetworkPolicy.ProtocolMatch protocol) {
    Map<String, Object> fields =
        fields(
            "tcp",
            port(protocol.tcp()),
            "udp",
            port(protocol.udp()),
            "sctp",
            port(protocol.sctp()),
            "destinationNamedPort",
            protocol.destinationNamedPort());
    protocol.unknown().forEach(name -> fields.put(name, Map.of()));
    return fields;
  }

  private static @Nullable Object port(@Nullable PortMatch match) {
    if (match == null) {
      return null;
    }
    Map<String, Object> range = fields("start", match.start(), "end", match.end());
    Map<String, Object> port =
        fields("number", match.number(), "range", range.isEmpty() ? null : range);
    return port.isEmpty() ? port : fields("destinationPort", port);
  }
}
