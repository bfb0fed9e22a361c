package io.merlon.agent.policy;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterNetworkPolicy;
import io.merlon.agent.api.ClusterNetworkPolicy.NamespacedPod;
import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.identity.Cidr;
import io.merlon.agent.policy.PolicyRef.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Translates ClusterNetworkPolicies. What is not understood fails closed, as their specification
 * asks (semantics, Tiers 7): a rule with such a peer or protocol matches nothing if it accepts, and
 * denies everything if it denies or passes. A policy whose subject, tier or priority is not
 * understood is taken to be for every pod it could be for, where the tier is unknown in the Admin
 * tier; it accepts nothing, and denies what it denies or passes. It could be for every pod that the
 * readable selectors of its subject match.
 */
public final class ClusterNetworkPolicyReader {
  private static final int LAST_PRIORITY = 1000;

  private final ClusterNetworkPolicy written;
  private final PolicyRef ref;
  private final ProblemList problems;

  private ClusterNetworkPolicyReader(ClusterNetworkPolicy written) {
    this.written = written;
    this.ref = new PolicyRef(Kind.CLUSTER_NETWORK_POLICY, "", written.name());
    this.problems =
        new ProblemList(
            new ClusterEvent.Key(ClusterEvent.Kind.CLUSTER_NETWORK_POLICY, "", written.name()));
  }

  public static Translation read(ClusterNetworkPolicy written) {
    ClusterNetworkPolicyReader reader = new ClusterNetworkPolicyReader(written);
    return new Translation(reader.policy(), reader.problems.toList());
  }

  private Policy policy() {
    Tier tier = tier();
    checkPriority();
    PodSelection subject = subject();
    boolean known = problems.toList().isEmpty();
    return new Policy(
        ref,
        tier == null ? Tier.ADMIN : tier,
        written.priority(),
        subject,
        Set.of(),
        rules(Direction.INGRESS, written.ingress(), known),
        rules(Direction.EGRESS, written.egress(), known));
  }

  private @Nullable Tier tier() {
    return switch (written.tier()) {
      case "Admin" -> Tier.ADMIN;
      case "Baseline" -> Tier.BASELINE;
      default -> {
        problems.add("spec.tier", "unknown tier \"" + written.tier() + "\"");
        yield null;
      }
    };
  }

  /** Nobody knows what a policy is to come before, or after, if there is no such priority. */
  private void checkPriority() {
    if (written.priority() < 0 || written.priority() > LAST_PRIORITY) {
      problems.add("spec.priority", "not from 0 to " + LAST_PRIORITY + ": " + written.priority());
    }
  }

  /** The pods that the policy is for, or could be for where that is among the problems. */
  private PodSelection subject() {
    LabelSelector namespaces = written.subject().namespaces();
    NamespacedPod pods = written.subject().pods();
    if (!written.subject().unknown().isEmpty()) {
      problems.add(
          "spec.subject", "unknown fields: " + String.join(", ", written.subject().unknown()));
    }
    if ((namespaces == null) == (pods == null)) {
      problems.add("spec.subject", "exactly one of namespaces and pods must be given");
      return selection(null, null);
    }
    return namespaces != null
        ? selection(selector(namespaces, "spec.subject.namespaces"), Selector.EVERYTHING)
        : subject(pods, "spec.subject.pods");
  }

  private PodSelection subject(@Nullable NamespacedPod pods, String field) {
    return pods == null
        ? selection(null, null)
        : selection(namespaceSelector(pods, field), podSelector(pods, field));
  }

  /** What is not known may be everything. */
  private static PodSelection selection(@Nullable Selector namespaces, @Nullable Selector pods) {
    return new PodSelection(
        new PodSelection.Labelled(namespaces == null ? Selector.EVERYTHING : namespaces),
        pods == null ? Selector.EVERYTHING : pods);
  }

  private @Nullable Selector namespaceSelector(NamespacedPod pods, String field) {
    return selector(pods.namespaceSelector(), field + ".namespaceSelector");
  }

  private @Nullable Selector podSelector(NamespacedPod pods, String field) {
    return selector(pods.podSelector(), field + ".podSelector");
  }

  private @Nullable Selector selector(LabelSelector selector, String field) {
    return SelectorReader.read(selector, field, problems);
  }

  private List<PolicyRule> rules(
      Direction direction, List<ClusterNetworkPolicy.Rule> rules, boolean policyIsKnown) {
    String field = direction == Direction.INGRESS ? "spec.ingress" : "spec.egress";
    List<PolicyRule> translated = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      ClusterNetworkPolicy.Rule rule = rules.get(i);
      RuleRef ruleRef = new RuleRef(ref, direction, i, rule.name());
      PolicyRule known = rule(ruleRef, rule, field + "[" + i + "]");
      translated.add(policyIsKnown ? known : strict(known));
    }
    return translated;
  }

  private PolicyRule rule(RuleRef ruleRef, ClusterNetworkPolicy.Rule rule, String field) {
    int problemsBefore = problems.toList().size();
    Action action = action(rule.action(), field);
    List<PeerSelector> peers = peers(rule, ruleRef.direction(), field);
    List<PortMatch> ports = ports(rule.protocols(), field + ".protocols");
    checkNames(peers, ports, field + ".protocols");
    if (problems.toList().size() == problemsBefore) {
      return new PolicyRule(ruleRef, action, peers, ports);
    }
    return action == Action.ACCEPT
        ? new PolicyRule(ruleRef, Action.ACCEPT, List.of(), List.of())
        : new PolicyRule(
            ruleRef,
            Action.DENY,
            List.of(new PeerSelector.Anyone()),
            List.of(new PortMatch.Everything()));
  }

  /** Nodes and networks declare no ports: a name beside them would match nothing, even to deny. */
  private void checkNames(List<PeerSelector> peers, List<PortMatch> ports, String field) {
    boolean named = ports.stream().anyMatch(PortMatch.NamedPort.class::isInstance);
    if (named && !peers.stream().allMatch(PeerSelector.Pods.class::isInstance)) {
      problems.add(field, "a port name beside peers that are no pods");
    }
  }

  private static PolicyRule strict(PolicyRule rule) {
    return rule.action() == Action.ACCEPT
        ? new PolicyRule(rule.ref(), Action.ACCEPT, List.of(), List.of())
        : new PolicyRule(rule.ref(), Action.DENY, rule.peers(), rule.ports());
  }

  private Action action(String action, String field) {
    return switch (action) {
      case "Accept" -> Action.ACCEPT;
      case "Deny" -> Action.DENY;
      case "Pass" -> Action.PASS;
      default -> {
        problems.add(field + ".action", "unknown action \"" + action + "\"");
        yield Action.DENY;
      }
    };
  }

  private List<PortMatch> ports(
      @Nullable List<ClusterNetworkPolicy.ProtocolMatch> protocols, String field) {
    if (protocols == null || protocols.isEmpty()) {
      return List.of(new PortMatch.Everything());
    }
    List<PortMatch> translated = new ArrayList<>();
    for (int i = 0; i < protocols.size(); i++) {
      PortMatch port = PortReader.read(protocols.get(i), field + "[" + i + "]", problems);
      if (port != null) {
        translated.add(port);
      }
    }
    return translated;
  }

  private List<PeerSelector> peers(
      ClusterNetworkPolicy.Rule rule, Direction direction, String field) {
    String list = field + (direction == Direction.INGRESS ? ".from" : ".to");
    if (rule.peers().isEmpty()) {
      problems.add(list, "no peers");
    }
    List<PeerSelector> translated = new ArrayList<>();
    for (int i = 0; i < rule.peers().size(); i++) {
      translated.addAll(peer(rule.peers().get(i), direction, list + "[" + i + "]"));
    }
    return translated;
  }

  /** Nodes and networks are peers of egress rules only: the API has no others. */
  private List<PeerSelector> peer(
      ClusterNetworkPolicy.Peer peer, Direction direction, String field) {
    List<String> notUnderstood = new ArrayList<>(peer.unknown());
    if (direction == Direction.INGRESS && peer.nodes() != null) {
      notUnderstood.add("nodes");
    }
    if (direction == Direction.INGRESS && peer.networks() != null) {
      notUnderstood.add("networks");
    }
    if (peer.domainNames() != null) {
      notUnderstood.add("domainNames");
    }
    if (!notUnderstood.isEmpty()) {
      problems.add(field, "unknown kind of peer: " + String.join(", ", notUnderstood));
      return List.of();
    }
    int set =
        (peer.namespaces() == null ? 0 : 1)
            + (peer.pods() == null ? 0 : 1)
            + (peer.nodes() == null ? 0 : 1)
            + (peer.networks() == null ? 0 : 1);
    if (set != 1) {
      problems.add(field, "exactly one kind of peer must be given, not " + set);
      return List.of();
    }
    return known(peer, field);
  }

  private List<PeerSelector> known(ClusterNetworkPolicy.Peer peer, String field) {
    if (peer.networks() != null) {
      return networks(peer.networks(), field + ".networks");
    }
    if (peer.nodes() != null) {
      Selector selector = selector(peer.nodes(), field + ".nodes");
      return selector == null ? List.of() : List.of(new PeerSelector.Nodes(selector));
    }
    return peer.namespaces() != null
        ? pods(selector(peer.namespaces(), field + ".namespaces"), Selector.EVERYTHING)
        : pods(peer.pods(), field + ".pods");
  }

  private List<PeerSelector> pods(@Nullable NamespacedPod pods, String field) {
    return pods == null
        ? List.of()
        : pods(namespaceSelector(pods, field), podSelector(pods, field));
  }

  private static List<PeerSelector> pods(@Nullable Selector namespaces, @Nullable Selector pods) {
    return namespaces == null || pods == null
        ? List.of()
        : List.of(new PeerSelector.Pods(selection(namespaces, pods)));
  }

  private List<PeerSelector> networks(List<String> networks, String field) {
    if (networks.isEmpty()) {
      problems.add(field, "no networks");
    }
    List<PeerSelector> blocks = new ArrayList<>();
    for (int i = 0; i < networks.size(); i++) {
      Cidr cidr = BlockReader.cidr(networks.get(i), field + "[" + i + "]", problems);
      if (cidr != null) {
        blocks.add(new PeerSelector.Block(cidr, List.of()));
      }
    }
    return blocks;
  }
}
