package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterNetworkPolicy;
import io.merlon.agent.api.ClusterNetworkPolicy.NamespacedPod;
import io.merlon.agent.api.ClusterNetworkPolicy.Peer;
import io.merlon.agent.api.ClusterNetworkPolicy.PortMatch;
import io.merlon.agent.api.ClusterNetworkPolicy.ProtocolMatch;
import io.merlon.agent.api.ClusterNetworkPolicy.Rule;
import io.merlon.agent.api.ClusterNetworkPolicy.Subject;
import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.Node;
import io.merlon.agent.api.Pod;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The Admin and Baseline tiers (Tiers 1 to 8). */
final class OracleTiers {
  private final List<ClusterNetworkPolicy> inOrder;
  private final ClusterSnapshot cluster;
  private final Facts facts;
  private final OracleTierValidity validity;

  /** Asked once of each policy and each rule, which is in one list of one policy. */
  private final IdentityHashMap<ClusterNetworkPolicy, Boolean> understoodPolicies =
      new IdentityHashMap<>();

  private final IdentityHashMap<Rule, Boolean> understoodRules = new IdentityHashMap<>();

  enum Outcome {
    ACCEPT,
    DENY,
    PASS,
    NOTHING
  }

  OracleTiers(ClusterSnapshot cluster, Facts facts) {
    this.cluster = cluster;
    this.facts = facts;
    validity = new OracleTierValidity(facts);
    // The API leaves equal priorities open; the name makes every node answer alike.
    inOrder =
        cluster.clusterNetworkPolicies().stream()
            .sorted(
                Comparator.comparingInt(ClusterNetworkPolicy::priority)
                    .thenComparing(ClusterNetworkPolicy::name))
            .toList();
  }

  /** Tiers 1, 3, 5, 6: the first rule that matches decides; no match isolates nobody. */
  Outcome decide(String tier, Traffic traffic) {
    for (ClusterNetworkPolicy policy : inOrder) {
      if (isAskedIn(tier, policy) && selects(policy.subject(), traffic.subject())) {
        for (Rule rule : rules(policy, traffic.direction())) {
          Outcome outcome = decide(policy, rule, traffic);
          if (outcome != Outcome.NOTHING) {
            return outcome;
          }
        }
      }
    }
    return Outcome.NOTHING;
  }

  /** A tier nobody knows is asked before everything that is known (NP-27). */
  private static boolean isAskedIn(String tier, ClusterNetworkPolicy policy) {
    return tier.equals("Admin") ? !policy.tier().equals("Baseline") : policy.tier().equals(tier);
  }

  private static List<Rule> rules(ClusterNetworkPolicy policy, Direction direction) {
    return direction == Direction.INGRESS ? policy.ingress() : policy.egress();
  }

  /** What a policy says whose subject or tier nobody can read may only deny (NP-27, Tiers 7). */
  private Outcome decide(ClusterNetworkPolicy policy, Rule rule, Traffic traffic) {
    Outcome outcome = decide(rule, traffic);
    if (understood(policy)) {
      return outcome;
    }
    return switch (outcome) {
      case ACCEPT, NOTHING -> Outcome.NOTHING;
      case DENY, PASS -> Outcome.DENY;
    };
  }

  /** Tiers 7: what cannot be understood accepts nothing, and denies all if it is no Accept. */
  private Outcome decide(Rule rule, Traffic traffic) {
    boolean accept = rule.action().equals("Accept");
    if (!understood(rule, traffic.direction())) {
      return accept ? Outcome.NOTHING : Outcome.DENY;
    }
    if (!peers(rule, traffic) || !protocols(rule, traffic)) {
      return Outcome.NOTHING;
    }
    return accept ? Outcome.ACCEPT : rule.action().equals("Pass") ? Outcome.PASS : Outcome.DENY;
  }

  private boolean understood(ClusterNetworkPolicy policy) {
    return understoodPolicies.computeIfAbsent(policy, validity::understood);
  }

  private boolean understood(Rule rule, Direction direction) {
    return understoodRules.computeIfAbsent(rule, r -> validity.understood(r, direction));
  }

  /** A selector nobody can read may have meant this pod; one beside it counts as it is written. */
  private boolean selects(Subject subject, Pod pod) {
    NamespacedPod pods = subject.pods();
    LabelSelector namespaces = subject.namespaces();
    if ((pods == null) == (namespaces == null)) {
      return true;
    }
    return pods == null
        ? maySelect(namespaces, pod)
        : maySelect(pods.namespaceSelector(), pod) && maySelectPod(pods.podSelector(), pod);
  }

  private boolean maySelect(LabelSelector namespaces, Pod pod) {
    return !facts.valid(namespaces)
        || facts.matches(namespaces, facts.namespaceLabels(pod.namespace()));
  }

  private boolean maySelectPod(LabelSelector pods, Pod pod) {
    return !facts.valid(pods) || facts.matches(pods, facts.podLabels(pod));
  }

  private boolean peers(Rule rule, Traffic traffic) {
    for (Peer peer : rule.peers()) {
      if (matches(peer, traffic)) {
        return true;
      }
    }
    return false;
  }

  private boolean matches(Peer peer, Traffic traffic) {
    if (peer.namespaces() != null) {
      return matchesPod(peer.namespaces(), null, traffic.peerPod());
    }
    if (peer.pods() != null) {
      return matchesPod(
          peer.pods().namespaceSelector(), peer.pods().podSelector(), traffic.peerPod());
    }
    if (peer.nodes() != null) {
      return matchesNode(peer.nodes(), traffic.peer());
    }
    return peer.networks() != null && matchesNetwork(peer.networks(), traffic.peer());
  }

  /** Tiers 8: a pod on the host network is nobody's peer; its address is its node's. */
  private boolean matchesPod(
      LabelSelector namespaces, @Nullable LabelSelector pods, @Nullable Pod pod) {
    return pod != null
        && facts.matches(namespaces, facts.namespaceLabels(pod.namespace()))
        && (pods == null || facts.matches(pods, facts.podLabels(pod)));
  }

  private boolean matchesNode(LabelSelector nodes, Ip peer) {
    for (Node node : cluster.nodes()) {
      if (facts.matches(nodes, node.labels()) && facts.nodeAddresses(node.name()).contains(peer)) {
        return true;
      }
    }
    return false;
  }

  private boolean matchesNetwork(List<String> networks, Ip peer) {
    for (String network : networks) {
      Cidr cidr = facts.cidr(network);
      if (cidr != null && cidr.contains(peer)) {
        return true;
      }
    }
    return false;
  }

  private static boolean protocols(Rule rule, Traffic traffic) {
    List<ProtocolMatch> protocols = rule.protocols();
    if (protocols == null || protocols.isEmpty()) {
      return true;
    }
    for (ProtocolMatch protocol : protocols) {
      String name = protocol.destinationNamedPort();
      if (name != null ? traffic.toPortNamed(name) : matches(of(protocol, traffic), traffic)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable PortMatch of(ProtocolMatch protocol, Traffic traffic) {
    return switch (traffic.protocol()) {
      case TCP -> protocol.tcp();
      case UDP -> protocol.udp();
      case SCTP -> protocol.sctp();
      case OTHER -> null;
    };
  }

  private static boolean matches(@Nullable PortMatch port, Traffic traffic) {
    if (port == null) {
      return false;
    }
    int probe = traffic.port();
    if (port.number() != null) {
      return port.number() == probe;
    }
    return port.start() == null
        || port.end() == null
        || (port.start() <= probe && probe <= port.end());
  }
}
