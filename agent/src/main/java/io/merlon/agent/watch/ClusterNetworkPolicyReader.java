package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterNetworkPolicy;
import io.merlon.agent.api.ClusterNetworkPolicy.NamespacedPod;
import io.merlon.agent.api.ClusterNetworkPolicy.Peer;
import io.merlon.agent.api.ClusterNetworkPolicy.ProtocolMatch;
import io.merlon.agent.api.ClusterNetworkPolicy.Rule;
import io.merlon.agent.api.ClusterNetworkPolicy.Subject;
import io.merlon.agent.api.LabelSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads ClusterNetworkPolicies. Fields a later version of the API may add are reported by name with
 * the peer or protocol they belong to, because there they can change what a rule matches.
 */
final class ClusterNetworkPolicyReader {
  private static final Set<String> UNREAD = Set.of("apiVersion", "kind", "status");

  private final Reading in;
  private final ClusterNetworkPolicyPeerReader peers;

  ClusterNetworkPolicyReader(Reading in) {
    this.in = in;
    this.peers = new ClusterNetworkPolicyPeerReader(in);
  }

  Read<ClusterNetworkPolicy> read(Written object) {
    var draft = new Draft();
    in.fields(
        object,
        (name, field) -> {
          switch (name) {
            case "metadata" -> draft.meta = ObjectMeta.read(in, field);
            case "spec" -> spec(draft, field);
            default -> in.other(field, name, UNREAD);
          }
        });
    return new Read<>(draft.meta, draft.policy());
  }

  private void spec(Draft draft, Written value) {
    in.fields(
        value,
        (name, field) -> {
          switch (name) {
            case "tier" -> draft.tier = in.shared(field);
            case "priority" -> draft.priority = in.integer(field);
            case "subject" -> draft.subject = subject(field, draft.unknown);
            case "ingress" -> draft.ingress = in.listOrEmpty(field, rule -> rule(rule, "from"));
            case "egress" -> draft.egress = in.listOrEmpty(field, rule -> rule(rule, "to"));
            default -> {
              draft.unknown.add(name);
              in.unknown(field);
            }
          }
        });
    in.require(value, "tier", draft.tier);
    in.require(value, "priority", draft.priority);
    in.require(value, "subject", draft.subject);
  }

  /** The policy's own list of what is unknown gets the subject's fields too. */
  private Subject subject(Written value, List<String> unknown) {
    var draft = new SubjectDraft();
    in.fields(
        value,
        (name, field) -> {
          switch (name) {
            case "namespaces" -> draft.namespaces = SelectorReader.read(in, field);
            case "pods" -> draft.pods = peers.pods(field, unknown);
            default -> {
              unknown.add(name);
              in.unknown(field);
            }
          }
        });
    return new Subject(draft.namespaces, draft.pods);
  }

  private Rule rule(Written value, String peersField) {
    var draft = new RuleDraft();
    in.fields(
        value,
        (name, field) -> {
          if (name.equals(peersField)) {
            draft.peers = in.list(field, peers::peer);
          } else {
            switch (name) {
              case "name" -> draft.name = PortReader.name(in, field);
              case "action" -> draft.action = in.shared(field);
              case "protocols" -> draft.protocols = in.list(field, peers::protocol);
              default -> {
                draft.unknown.add(name);
                in.unknown(field);
              }
            }
          }
        });
    in.require(value, "action", draft.action);
    in.require(value, peersField, draft.peers);
    return draft.rule();
  }

  private static final class Draft {
    ObjectMeta meta = new ObjectMeta();
    @Nullable String tier;
    @Nullable Integer priority;
    @Nullable Subject subject;
    List<Rule> ingress = List.of();
    List<Rule> egress = List.of();
    final List<String> unknown = new ArrayList<>();

    ClusterNetworkPolicy policy() {
      return new ClusterNetworkPolicy(
          meta.name,
          meta.uid,
          meta.resourceVersion,
          tier == null ? "" : tier,
          priority == null ? 0 : priority,
          subject == null
              ? new Subject(null, null, unknown)
              : new Subject(subject.namespaces(), subject.pods(), unknown),
          ingress,
          egress);
    }
  }

  private static final class SubjectDraft {
    @Nullable LabelSelector namespaces;
    @Nullable NamespacedPod pods;
  }

  private static final class RuleDraft {
    @Nullable String name;
    @Nullable String action;
    @Nullable List<Peer> peers;
    @Nullable List<ProtocolMatch> protocols;
    final List<String> unknown = new ArrayList<>();

    /** What is unknown of the whole rule is unknown of each of its peers. */
    Rule rule() {
      List<Peer> all = peers == null ? List.of() : peers;
      return new Rule(
          name,
          action == null ? "" : action,
          unknown.isEmpty() ? all : all.stream().map(peer -> with(peer, unknown)).toList(),
          protocols);
    }

    private static Peer with(Peer peer, List<String> more) {
      var unknown = new ArrayList<>(peer.unknown());
      unknown.addAll(more);
      return new Peer(
          peer.namespaces(),
          peer.pods(),
          peer.nodes(),
          peer.networks(),
          peer.domainNames(),
          unknown);
    }
  }
}
