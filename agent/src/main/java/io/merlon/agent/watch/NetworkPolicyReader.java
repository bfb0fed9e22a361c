package io.merlon.agent.watch;

import io.merlon.agent.api.IntOrString;
import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.api.NetworkPolicy.IpBlock;
import io.merlon.agent.api.NetworkPolicy.Peer;
import io.merlon.agent.api.NetworkPolicy.Port;
import io.merlon.agent.api.NetworkPolicy.Rule;
import io.merlon.agent.watch.Written.Shape;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads NetworkPolicies. Absent and empty stay apart (semantics NP-4, NP-6, NP-7); what a user can
 * write wrongly within the right type is kept for the compiler to judge.
 *
 * <p>A field that is not known here, misspelt or of a later version, could mean less than what
 * stands beside it: what has one is read as something nobody can read (semantics NP-27).
 */
final class NetworkPolicyReader {
  private static final Set<String> UNREAD = Set.of("apiVersion", "kind", "status");

  private final Reading in;

  NetworkPolicyReader(Reading in) {
    this.in = in;
  }

  Read<NetworkPolicy> read(Written object) {
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
            case "podSelector" -> draft.podSelector = SelectorReader.read(in, field);
            case "policyTypes" -> draft.policyTypes = in.list(field, in::stringOrEmpty);
            case "ingress" -> draft.ingress = in.list(field, rule -> rule(rule, "from"));
            case "egress" -> draft.egress = in.list(field, rule -> rule(rule, "to"));
            default -> {
              draft.unknown = name;
              in.unknown(field);
            }
          }
        });
  }

  private Rule rule(Written value, String peersField) {
    var draft = new RuleDraft();
    in.fields(
        value,
        (name, field) -> {
          if (name.equals(peersField)) {
            draft.peers = in.list(field, this::peer);
          } else if (name.equals("ports")) {
            draft.ports = in.list(field, this::port);
          } else {
            draft.unknown = name;
            in.unknown(field);
          }
        });
    return draft.unknown == null
        ? new Rule(draft.peers, draft.ports)
        : new Rule(draft.peers, List.of(unreadable(draft.unknown)));
  }

  /** A port nobody can read, which says why. */
  private static Port unreadable(String unknownField) {
    return new Port(Unreadable.because(unknownField), null, null);
  }

  private Peer peer(Written value) {
    var draft = new PeerDraft();
    in.fields(
        value,
        (name, field) -> {
          switch (name) {
            case "podSelector" -> draft.podSelector = SelectorReader.read(in, field);
            case "namespaceSelector" -> draft.namespaceSelector = SelectorReader.read(in, field);
            case "ipBlock" -> draft.ipBlock = ipBlock(field);
            default -> {
              draft.unknown = true;
              in.unknown(field);
            }
          }
        });
    return draft.unknown
        ? new Peer(null, null, null)
        : new Peer(draft.podSelector, draft.namespaceSelector, draft.ipBlock);
  }

  private @Nullable IpBlock ipBlock(Written value) {
    if (value.shape() == Shape.NULL) {
      return null;
    }
    var draft = new BlockDraft();
    in.fields(
        value,
        (name, field) -> {
          switch (name) {
            case "cidr" -> draft.cidr = in.stringOrEmpty(field);
            case "except" -> draft.except = in.listOrEmpty(field, in::stringOrEmpty);
            default -> {
              draft.unknown = name;
              in.unknown(field);
            }
          }
        });
    return new IpBlock(
        draft.unknown == null ? draft.cidr : Unreadable.because(draft.unknown), draft.except);
  }

  private Port port(Written value) {
    var draft = new PortDraft();
    in.fields(
        value,
        (name, field) -> {
          switch (name) {
            case "protocol" -> draft.protocol = in.shared(field);
            case "port" -> draft.port = PortReader.intOrString(in, field);
            case "endPort" -> draft.endPort = in.integer(field);
            default -> {
              draft.unknown = name;
              in.unknown(field);
            }
          }
        });
    return draft.unknown != null
        ? unreadable(draft.unknown)
        : new Port(draft.protocol, draft.port, draft.endPort);
  }

  private static final class Draft {
    ObjectMeta meta = new ObjectMeta();
    @Nullable LabelSelector podSelector;
    @Nullable List<String> policyTypes;
    @Nullable List<Rule> ingress;
    @Nullable List<Rule> egress;
    @Nullable String unknown;

    NetworkPolicy policy() {
      return new NetworkPolicy(
          meta.namespace,
          meta.name,
          meta.uid,
          meta.resourceVersion,
          unknown == null ? podSelector : Unreadable.selector(podSelector, unknown),
          policyTypes,
          ingress,
          egress);
    }
  }

  private static final class RuleDraft {
    @Nullable List<Peer> peers;
    @Nullable List<Port> ports;
    @Nullable String unknown;
  }

  private static final class PeerDraft {
    @Nullable LabelSelector podSelector;
    @Nullable LabelSelector namespaceSelector;
    @Nullable IpBlock ipBlock;
    boolean unknown;
  }

  private static final class BlockDraft {
    String cidr = "";
    List<String> except = List.of();
    @Nullable String unknown;
  }

  private static final class PortDraft {
    @Nullable String protocol;
    @Nullable IntOrString port;
    @Nullable Integer endPort;
    @Nullable String unknown;
  }
}
