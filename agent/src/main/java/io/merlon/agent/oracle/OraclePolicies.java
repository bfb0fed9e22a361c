package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.IntOrString;
import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.api.NetworkPolicy.IpBlock;
import io.merlon.agent.api.NetworkPolicy.Peer;
import io.merlon.agent.api.NetworkPolicy.Port;
import io.merlon.agent.api.NetworkPolicy.Rule;
import io.merlon.agent.api.Pod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The NetworkPolicy tier (NP-1 to NP-16, NP-22, NP-27). */
final class OraclePolicies {
  private final ClusterSnapshot cluster;
  private final Facts facts;

  OraclePolicies(ClusterSnapshot cluster, Facts facts) {
    this.cluster = cluster;
    this.facts = facts;
  }

  /** NP-1. */
  boolean isolate(Traffic traffic) {
    for (NetworkPolicy policy : cluster.networkPolicies()) {
      if (selects(policy, traffic.subject()) && lists(policy, traffic.direction())) {
        return true;
      }
    }
    return false;
  }

  /** NP-2: the union of everything; there is nothing that takes away. */
  boolean allow(Traffic traffic) {
    for (NetworkPolicy policy : cluster.networkPolicies()) {
      if (selects(policy, traffic.subject())
          && lists(policy, traffic.direction())
          && valid(policy.podSelector())) {
        for (Rule rule : rules(policy, traffic.direction())) {
          if (peers(policy, rule, traffic) && ports(rule, traffic)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /**
   * NP-8. A selector nobody can read may have meant any pod of the namespace: they are all
   * isolated, and the policy's rules allow none of them anything (NP-27).
   */
  private boolean selects(NetworkPolicy policy, Pod pod) {
    LabelSelector selector = policy.podSelector();
    return policy.namespace().equals(pod.namespace())
        && (selector == null
            || !facts.valid(selector)
            || facts.matches(selector, facts.podLabels(pod)));
  }

  private boolean valid(@Nullable LabelSelector selector) {
    return selector == null || facts.valid(selector);
  }

  /** NP-4, NP-5. A type nobody knows may have meant either: both are isolated (NP-27). */
  private static boolean lists(NetworkPolicy policy, Direction direction) {
    List<String> types = policy.policyTypes();
    if (types != null && !types.isEmpty()) {
      return types.contains(direction.policyType)
          || !List.of("Ingress", "Egress").containsAll(types);
    }
    return direction == Direction.INGRESS || !rules(policy, Direction.EGRESS).isEmpty();
  }

  private static List<Rule> rules(NetworkPolicy policy, Direction direction) {
    List<Rule> rules = direction == Direction.INGRESS ? policy.ingress() : policy.egress();
    return rules == null ? List.of() : rules;
  }

  /** NP-6, NP-7: no list and an empty list restrict nothing. */
  private boolean peers(NetworkPolicy policy, Rule rule, Traffic traffic) {
    List<Peer> peers = rule.peers();
    if (peers == null || peers.isEmpty()) {
      return true;
    }
    for (Peer peer : peers) {
      if (matches(policy, peer, traffic)) {
        return true;
      }
    }
    return false;
  }

  /** NP-9, NP-27. */
  private boolean matches(NetworkPolicy policy, Peer peer, Traffic traffic) {
    LabelSelector pods = peer.podSelector();
    LabelSelector namespaces = peer.namespaceSelector();
    IpBlock block = peer.ipBlock();
    if (block != null) {
      return pods == null && namespaces == null && matches(block, traffic.peer());
    }
    Pod pod = traffic.peerPod();
    if (pod == null || (pods == null && namespaces == null)) {
      return false;
    }
    boolean namespace =
        namespaces == null
            ? pod.namespace().equals(policy.namespace())
            : facts.matches(namespaces, facts.namespaceLabels(pod.namespace()));
    return namespace && (pods == null || facts.matches(pods, facts.podLabels(pod)));
  }

  /** NP-14, NP-15: any address, a pod's too. What cannot be read allows nothing (NP-27). */
  private boolean matches(IpBlock block, Ip ip) {
    Cidr cidr = facts.cidr(block.cidr());
    if (cidr == null || !cidr.contains(ip)) {
      return false;
    }
    for (String text : block.except()) {
      Cidr except = facts.cidr(text);
      if (except == null || except.contains(ip)) {
        return false;
      }
    }
    return true;
  }

  /** NP-7, NP-22: only a rule without ports is for every protocol. */
  private static boolean ports(Rule rule, Traffic traffic) {
    List<Port> ports = rule.ports();
    if (ports == null || ports.isEmpty()) {
      return true;
    }
    for (Port port : ports) {
      if (matches(port, traffic)) {
        return true;
      }
    }
    return false;
  }

  /** NP-11 to NP-13, NP-16, NP-27. */
  private static boolean matches(Port port, Traffic traffic) {
    String protocol = port.protocol() == null ? "TCP" : port.protocol();
    if (traffic.protocol() == Protocol.OTHER || !protocol.equals(traffic.protocol().name())) {
      return false;
    }
    IntOrString number = port.port();
    Integer end = port.endPort();
    return switch (number) {
      case null -> end == null;
      case IntOrString.Str(String name) -> end == null && traffic.toPortNamed(name);
      case IntOrString.Int(int first) -> {
        int last = end == null ? first : end;
        boolean valid = 1 <= first && first <= last && last <= 65535;
        yield valid && first <= traffic.port() && traffic.port() <= last;
      }
    };
  }
}
