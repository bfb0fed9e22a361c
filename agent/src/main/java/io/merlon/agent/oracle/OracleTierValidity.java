package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterNetworkPolicy;
import io.merlon.agent.api.ClusterNetworkPolicy.Peer;
import io.merlon.agent.api.ClusterNetworkPolicy.PortMatch;
import io.merlon.agent.api.ClusterNetworkPolicy.ProtocolMatch;
import io.merlon.agent.api.ClusterNetworkPolicy.Rule;
import io.merlon.agent.api.ClusterNetworkPolicy.Subject;
import io.merlon.agent.api.LabelSelector;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which ClusterNetworkPolicies, and which of their rules, say something this reading understands.
 */
final class OracleTierValidity {
  private final Facts facts;

  OracleTierValidity(Facts facts) {
    this.facts = facts;
  }

  boolean understood(ClusterNetworkPolicy policy) {
    Subject subject = policy.subject();
    return (policy.tier().equals("Admin") || policy.tier().equals("Baseline"))
        && 0 <= policy.priority()
        && policy.priority() <= 1000
        && subject.unknown().isEmpty()
        && count(subject.namespaces(), subject.pods()) == 1
        && readable(subject.namespaces())
        && (subject.pods() == null
            || (readable(subject.pods().namespaceSelector())
                && readable(subject.pods().podSelector())));
  }

  /** A rule is understood whole or not at all (Tiers 7). */
  boolean understood(Rule rule, Direction direction) {
    List<ProtocolMatch> protocols = rule.protocols();
    return List.of("Accept", "Deny", "Pass").contains(rule.action())
        && !rule.peers().isEmpty()
        && rule.peers().stream().allMatch(peer -> understood(peer, direction))
        && (protocols == null
            || (protocols.stream().allMatch(OracleTierValidity::understood)
                && (protocols.stream().allMatch(p -> p.destinationNamedPort() == null)
                    || rule.peers().stream().allMatch(OracleTierValidity::isPods))));
  }

  /** Only pods declare ports; the API refuses a port's name beside other peers. */
  private static boolean isPods(Peer peer) {
    return peer.nodes() == null && peer.networks() == null;
  }

  /** Nodes and networks are peers of egress rules only; a domain name is no peer Merlon knows. */
  private boolean understood(Peer peer, Direction direction) {
    boolean known =
        direction == Direction.EGRESS || (peer.nodes() == null && peer.networks() == null);
    return known
        && peer.unknown().isEmpty()
        && peer.domainNames() == null
        && count(peer.namespaces(), peer.pods(), peer.nodes(), peer.networks()) == 1
        && readable(peer.namespaces())
        && readable(peer.nodes())
        && (peer.pods() == null
            || (readable(peer.pods().namespaceSelector()) && readable(peer.pods().podSelector())))
        && (peer.networks() == null
            || (!peer.networks().isEmpty()
                && peer.networks().stream().allMatch(text -> facts.cidr(text) != null)));
  }

  private boolean readable(@Nullable LabelSelector selector) {
    return selector == null || facts.valid(selector);
  }

  private static boolean understood(ProtocolMatch protocol) {
    return protocol.unknown().isEmpty()
        && count(protocol.tcp(), protocol.udp(), protocol.sctp(), protocol.destinationNamedPort())
            == 1
        && Stream.of(protocol.tcp(), protocol.udp(), protocol.sctp())
            .filter(Objects::nonNull)
            .allMatch(OracleTierValidity::understood);
  }

  private static boolean understood(PortMatch port) {
    Integer number = port.number();
    Integer start = port.start();
    Integer end = port.end();
    if (number != null) {
      return start == null && end == null && 1 <= number && number <= 65535;
    }
    if (start == null || end == null) {
      return start == null && end == null;
    }
    return 1 <= start && start <= end && end <= 65535;
  }

  private static long count(@Nullable Object... fields) {
    return Stream.of(fields).filter(Objects::nonNull).count();
  }
}
