package io.merlon.agent.verify;

import io.merlon.agent.api.ClusterNetworkPolicy;
import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.IntOrString;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.oracle.Cidr;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where verdicts of policies can change: between two of these ports, and within what no block
 * divides, each policy says the same.
 */
final class PolicyEdges {
  private static final int LAST = 65_535;

  private final TreeSet<Integer> ports = new TreeSet<>(List.of(0));
  private final Set<Cidr> blocks = new HashSet<>();

  PolicyEdges(ClusterSnapshot policies) {
    policies.networkPolicies().forEach(this::read);
    policies.clusterNetworkPolicies().forEach(this::read);
  }

  /** The first ports of the runs, 0 among them. */
  NavigableSet<Integer> ports() {
    return ports;
  }

  Set<Cidr> blocks() {
    return blocks;
  }

  private void read(NetworkPolicy policy) {
    Stream.of(policy.ingress(), policy.egress())
        .filter(Objects::nonNull)
        .flatMap(Collection::stream)
        .forEach(rule -> {
          if (rule.ports() != null) {
            rule.ports().forEach(this::read);
          }
          if (rule.peers() != null) {
            rule.peers().stream()
                .map(NetworkPolicy.Peer::ipBlock)
                .filter(Objects::nonNull)
                .forEach(this::read);
          }
        });
  }

  private void read(NetworkPolicy.Port port) {
    if (port.port() instanceof IntOrString.Int(int number)) {
      run(number, port.endPort() == null ? Integer.valueOf(number) : port.endPort());
    }
  }

  private void read(NetworkPolicy.IpBlock block) {
    block(block.cidr());
    block.except().forEach(this::block);
  }

  private void read(ClusterNetworkPolicy policy) {
    Stream.concat(policy.ingress().stream(), policy.egress().stream())
        .forEach(rule -> {
          if (rule.protocols() != null) {
            rule.protocols().stream()
                .flatMap(protocol -> Stream.of(protocol.tcp(), protocol.udp(), protocol.sctp()))
                .filter(Objects::nonNull)
                .forEach(this::read);
          }
          rule.peers().stream()
              .map(ClusterNetworkPolicy.Peer::networks)
              .filter(Objects::nonNull)
              .flatMap(List::stream)
              .forEach(this::block);
        });
  }

  private void read(ClusterNetworkPolicy.PortMatch port) {
    run(port.number(), port.number());
    run(port.start(), port.end());
  }

  /** A run of ports, as a policy writes it. */
  void run(@Nullable Integer first, @Nullable Integer last) {
    start(first);
    start(last == null ? null : Integer.valueOf(last + 1));
  }

  private void start(@Nullable Integer port) {
    if (port != null && 0 <= port && port <= LAST) {
      ports.add(port);
    }
  }

  void block(String text) {
    Cidr block = Cidr.parse(text);
    if (block != null) {
      blocks.add(block);
    }
  }
}
