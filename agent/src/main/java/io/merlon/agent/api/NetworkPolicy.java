package io.merlon.agent.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@code networking.k8s.io/v1} NetworkPolicy. Null means absent, which is not always the same as
 * empty (semantics NP-4, NP-6, NP-7).
 */
public record NetworkPolicy(
    String namespace,
    String name,
    String uid,
    String resourceVersion,
    @Nullable LabelSelector podSelector,
    @Nullable List<String> policyTypes,
    @Nullable List<Rule> ingress,
    @Nullable List<Rule> egress) {
  public NetworkPolicy {
    policyTypes = policyTypes == null ? null : List.copyOf(policyTypes);
    ingress = ingress == null ? null : List.copyOf(ingress);
    egress = egress == null ? null : List.copyOf(egress);
  }

  /** One ingress or egress rule; {@code peers} is {@code from} or {@code to}. */
  public record Rule(@Nullable List<Peer> peers, @Nullable List<Port> ports) {
    public Rule {
      peers = peers == null ? null : List.copyOf(peers);
      ports = ports == null ? null : List.copyOf(ports);
    }
  }

  /** One element of {@code from} or {@code to}. */
  public record Peer(
      @Nullable LabelSelector podSelector,
      @Nullable LabelSelector namespaceSelector,
      @Nullable IpBlock ipBlock) {}

  /** A CIDR without some of its parts, all as written. */
  public record IpBlock(String cidr, List<String> except) {
    public IpBlock {
      except = List.copyOf(except);
    }
  }

  /** A port, a range of them or a whole protocol, as a rule lists it. */
  public record Port(
      @Nullable String protocol, @Nullable IntOrString port, @Nullable Integer endPort) {}
}
