package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterNetworkPolicy.NamespacedPod;
import io.merlon.agent.api.ClusterNetworkPolicy.Peer;
import io.merlon.agent.api.ClusterNetworkPolicy.PortMatch;
import io.merlon.agent.api.ClusterNetworkPolicy.ProtocolMatch;
import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.watch.Written.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the peers and protocols of ClusterNetworkPolicies, with what is unknown about them. */
final class ClusterNetworkPolicyPeerReader {
  private final Reading in;

  ClusterNetworkPolicyPeerReader(Reading in) {
    this.in = in;
  }

  Peer peer(Written value) {
    var draft = new PeerDraft();
    in.fields(
        value,
        (name, field) -> {
          switch (name) {
            case "namespaces" -> draft.namespaces = SelectorReader.read(in, field);
            case "pods" -> draft.pods = pods(field, draft.unknown);
            case "nodes" -> draft.nodes = SelectorReader.read(in, field);
            case "networks" -> draft.networks = in.list(field, in::stringOrEmpty);
            case "domainNames" -> draft.domainNames = in.list(field, in::stringOrEmpty);
            default -> unknown(draft.unknown, name, field);
          }
        });
    return new Peer(
        draft.namespaces,
        draft.pods,
        draft.nodes,
        draft.networks,
        draft.domainNames,
        draft.unknown);
  }

  /** Both selectors are required: taking a missing one for {@code {}} would widen the peer. */
  @Nullable NamespacedPod pods(Written value, List<String> unknown) {
    if (value.shape() == Shape.NULL) {
      return null;
    }
    var draft = new PodsDraft();
    in.fields(
        value,
        (name, field) -> {
          switch (name) {
            case "namespaceSelector" -> draft.namespaces = SelectorReader.read(in, field);
            case "podSelector" -> draft.pods = SelectorReader.read(in, field);
            default -> unknown(unknown, "pods." + name, field);
          }
        });
    in.require(value, "namespaceSelector", draft.namespaces);
    in.require(value, "podSelector", draft.pods);
    return new NamespacedPod(orEverything(draft.namespaces), orEverything(draft.pods));
  }

  ProtocolMatch protocol(Written value) {
    var draft = new ProtocolDraft();
    in.fields(
        value,
        (name, field) -> {
          switch (name) {
            case "tcp" -> draft.tcp = ports(field, "tcp", draft.unknown);
            case "udp" -> draft.udp = ports(field, "udp", draft.unknown);
            case "sctp" -> draft.sctp = ports(field, "sctp", draft.unknown);
            case "destinationNamedPort" -> draft.named = PortReader.name(in, field);
            default -> unknown(draft.unknown, name, field);
          }
        });
    return new ProtocolMatch(draft.tcp, draft.udp, draft.sctp, draft.named, draft.unknown);
  }

  private @Nullable PortMatch ports(Written value, String protocol, List<String> unknown) {
    if (value.shape() == Shape.NULL) {
      return null;
    }
    var draft = new PortDraft();
    in.fields(
        value,
        (name, field) -> {
          if (name.equals("destinationPort")) {
            destination(draft, field, protocol + ".destinationPort.", unknown);
          } else {
            unknown(unknown, protocol + "." + name, field);
          }
        });
    return new PortMatch(draft.number, draft.start, draft.end);
  }

  private void destination(PortDraft draft, Written value, String path, List<String> unknown) {
    in.fields(
        value,
        (name, field) -> {
          switch (name) {
            case "number" -> draft.number = in.integer(field);
            case "range" -> range(draft, field, path + "range.", unknown);
            default -> unknown(unknown, path + name, field);
          }
        });
  }

  private void range(PortDraft draft, Written value, String path, List<String> unknown) {
    in.fields(
        value,
        (name, field) -> {
          switch (name) {
            case "start" -> draft.start = in.integer(field);
            case "end" -> draft.end = in.integer(field);
            default -> unknown(unknown, path + name, field);
          }
        });
    in.require(value, "start", draft.start);
    in.require(value, "end", draft.end);
  }

  private void unknown(List<String> unknown, String name, Written field) {
    unknown.add(name);
    in.unknown(field);
  }

  private static LabelSelector orEverything(@Nullable LabelSelector selector) {
    return selector == null ? LabelSelector.EVERYTHING : selector;
  }

  private static final class PeerDraft {
    @Nullable LabelSelector namespaces;
    @Nullable NamespacedPod pods;
    @Nullable LabelSelector nodes;
    @Nullable List<String> networks;
    @Nullable List<String> domainNames;
    final List<String> unknown = new ArrayList<>();
  }

  private static final class PodsDraft {
    @Nullable LabelSelector namespaces;
    @Nullable LabelSelector pods;
  }

  private static final class ProtocolDraft {
    @Nullable PortMatch tcp;
    @Nullable PortMatch udp;
    @Nullable PortMatch sctp;
    @Nullable String named;
    final List<String> unknown = new ArrayList<>();
  }

  private static final class PortDraft {
    @Nullable Integer number;
    @Nullable Integer start;
    @Nullable Integer end;
  }
}
