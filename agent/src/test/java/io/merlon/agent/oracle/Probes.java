package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterNetworkPolicy;
import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.IntOrString;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.api.Pod;
import io.merlon.agent.api.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The questions worth asking a world: every pair of ends of one family of which at least one is a
 * pod, at the edges of what its policies and pods mention.
 */
final class Probes {
  private static final int PORTS = 8;
  private static final int OUTSIDE = 5;

  private final Dice dice;
  private final ClusterSnapshot cluster;
  private final List<Question> questions;
  private final TreeSet<Ip> pods = new TreeSet<>();
  private final TreeSet<Ip> others = new TreeSet<>();
  private final TreeSet<Ip> virtual = new TreeSet<>();
  private final TreeSet<Integer> ports = new TreeSet<>(List.of(0, 1, 65535));

  Probes(ClusterSnapshot cluster, long seed) {
    this.cluster = cluster;
    dice = new Dice(seed);
    for (Pod pod : cluster.pods()) {
      boolean owns = !pod.phase().finished() && !pod.hostNetwork();
      pod.ips().forEach(text -> (owns ? pods : others).add(Ip.of(text)));
      pod.ports().forEach(port -> near(port.port()));
    }
    cluster.nodes().forEach(node -> node.addresses().forEach(text -> others.add(Ip.of(text))));
    cluster.services().forEach(s -> s.addresses().forEach(text -> virtual.add(Ip.of(text))));
    cluster
        .endpointSlices()
        .forEach(s -> s.ports().stream().map(p -> p.port()).forEach(this::near));
    cluster.networkPolicies().forEach(this::read);
    cluster.clusterNetworkPolicies().forEach(this::read);
    addOutside();
    questions = pairs();
  }

  /** A virtual address is no end of its own: asked of as a service, never as a place. */
  private void addOutside() {
    TreeSet<Ip> edges = new TreeSet<>(List.of(Ip.of("192.0.2.7"), Ip.of("2001:db8::7")));
    blocks()
        .map(Cidr::parse)
        .filter(Objects::nonNull)
        .forEach(block -> {
          Ip first = block.base().edge(block.bits(), false);
          Ip last = block.base().edge(block.bits(), true);
          edges.addAll(List.of(first.plus(-1), first, last, last.plus(1)));
        });
    edges.removeIf(ip -> !ip.ordinary());
    others.addAll(dice.sample(List.copyOf(edges), OUTSIDE));
    others.removeAll(pods);
    others.removeAll(virtual);
  }

  private Stream<String> blocks() {
    Stream<NetworkPolicy.IpBlock> ipBlocks =
        cluster.networkPolicies().stream()
            .flatMap(policy -> Stream.of(policy.ingress(), policy.egress()))
            .filter(Objects::nonNull)
            .flatMap(List::stream)
            .map(NetworkPolicy.Rule::peers)
            .filter(Objects::nonNull)
            .flatMap(List::stream)
            .map(NetworkPolicy.Peer::ipBlock)
            .filter(Objects::nonNull);
    Stream<String> networks =
        cluster.clusterNetworkPolicies().stream()
            .flatMap(policy -> policy.egress().stream())
            .flatMap(rule -> rule.peers().stream())
            .map(ClusterNetworkPolicy.Peer::networks)
            .filter(Objects::nonNull)
            .flatMap(List::stream);
    return Stream.concat(
        ipBlocks.flatMap(b -> Stream.concat(Stream.of(b.cidr()), b.except().stream())), networks);
  }

  private void read(NetworkPolicy policy) {
    Stream.of(policy.ingress(), policy.egress())
        .filter(Objects::nonNull)
        .flatMap(List::stream)
        .map(NetworkPolicy.Rule::ports)
        .filter(Objects::nonNull)
        .flatMap(List::stream)
        .forEach(port -> {
          near(port.port() instanceof IntOrString.Int(int number) ? number : null);
          near(port.endPort());
        });
  }

  private void read(ClusterNetworkPolicy policy) {
    Stream.concat(policy.ingress().stream(), policy.egress().stream())
        .map(ClusterNetworkPolicy.Rule::protocols)
        .filter(Objects::nonNull)
        .flatMap(List::stream)
        .flatMap(protocol -> Stream.of(protocol.tcp(), protocol.udp(), protocol.sctp()))
        .filter(Objects::nonNull)
        .forEach(
            match -> Stream.of(match.number(), match.start(), match.end()).forEach(this::near));
  }

  private void near(@Nullable Integer port) {
    if (port != null) {
      for (int near = port - 1; near <= port + 1; near++) {
        if (0 <= near && near <= 65535) {
          ports.add(near);
        }
      }
    }
  }

  List<Question> questions() {
    return questions;
  }

  private List<Question> pairs() {
    List<Integer> asked = dice.sample(List.copyOf(ports), PORTS);
    List<Question> questions = new ArrayList<>();
    for (Ip pod : pods) {
      pods.forEach(peer -> ask(pod, peer, asked, questions));
      for (Ip peer : others) {
        ask(pod, peer, asked, questions);
        ask(peer, pod, asked, questions);
      }
    }
    return questions;
  }

  private static void ask(Ip from, Ip to, List<Integer> ports, List<Question> questions) {
    if (from.family() == to.family()) {
      for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP, Protocol.SCTP)) {
        for (int port : ports) {
          questions.add(new Question(from, to, protocol, port));
        }
      }
      questions.add(new Question(from, to, Protocol.OTHER, 0));
    }
  }

  /** Every pod, every virtual address, every port it is known by. */
  List<Question> serviceQuestions() {
    List<Question> questions = new ArrayList<>();
    for (Service service : cluster.services()) {
      for (String text : service.addresses()) {
        for (Service.Port port : service.ports()) {
          Protocol protocol = Protocol.valueOf(port.protocol());
          Ip to = Ip.of(text);
          for (Ip pod : pods) {
            if (pod.family() == to.family()) {
              questions.add(new Question(pod, to, protocol, port.port()));
            }
          }
        }
      }
    }
    return questions;
  }
}
