package io.merlon.agent.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@code policy.networking.k8s.io/v1alpha2} ClusterNetworkPolicy. */
public record ClusterNetworkPolicy(
    String name,
    String uid,
    String resourceVersion,
    String tier,
    int priority,
    Subject subject,
    List<Rule> ingress,
    List<Rule> egress) {
  public ClusterNetworkPolicy {
    ingress = List.copyOf(ingress);
    egress = List.copyOf(egress);
  }

  /**
   * The pods a policy is for: exactly one of both is set in a valid object.
   *
   * @param unknown fields of it, or of the policy as a whole, that this version does not know
   */
  public record Subject(
      @Nullable LabelSelector namespaces, @Nullable NamespacedPod pods, List<String> unknown) {
    public Subject {
      unknown = List.copyOf(unknown);
    }

    public Subject(@Nullable LabelSelector namespaces, @Nullable NamespacedPod pods) {
      this(namespaces, pods, List.of());
    }
  }

  /** Pods by the labels of their namespace and their own. */
  public record NamespacedPod(LabelSelector namespaceSelector, LabelSelector podSelector) {}

  /**
   * One ordered rule.
   *
   * @param peers {@code from} or {@code to}
   * @param protocols null or empty where every protocol is meant
   */
  public record Rule(
      @Nullable String name,
      String action,
      List<Peer> peers,
      @Nullable List<ProtocolMatch> protocols) {
    public Rule {
      peers = List.copyOf(peers);
      protocols = protocols == null ? null : List.copyOf(protocols);
    }
  }

  /**
   * One peer: exactly one field is set in a valid object.
   *
   * @param unknown fields this version does not know, by name
   */
  public record Peer(
      @Nullable LabelSelector namespaces,
      @Nullable NamespacedPod pods,
      @Nullable LabelSelector nodes,
      @Nullable List<String> networks,
      @Nullable List<String> domainNames,
      List<String> unknown) {
    public Peer {
      networks = networks == null ? null : List.copyOf(networks);
      domainNames = domainNames == null ? null : List.copyOf(domainNames);
      unknown = List.copyOf(unknown);
    }
  }

  /** One element of {@code protocols}: exactly one field is set in a valid object. */
  public record ProtocolMatch(
      @Nullable PortMatch tcp,
      @Nullable PortMatch udp,
      @Nullable PortMatch sctp,
      @Nullable String destinationNamedPort,
      List<String> unknown) {
    public ProtocolMatch {
      unknown = List.copyOf(unknown);
    }
  }

  /** The port part of a protocol; all null means every port of it. */
  public record PortMatch(
      @Nullable Integer number, @Nullable Integer start, @Nullable Integer end) {}
}
