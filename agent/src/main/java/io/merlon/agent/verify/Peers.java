package io.merlon.agent.verify;

import io.merlon.agent.api.Node;
import io.merlon.agent.api.Pod;
import io.merlon.agent.oracle.Cidr;
import io.merlon.agent.oracle.Ip;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The addresses worth asking about: of those that neither the kernel's maps nor the policies can
 * tell apart, two. All others are answered with them: every address that has an owner or an entry,
 * and each stretch of addresses that no prefix divides.
 */
final class Peers {
  private static final int OF_A_KIND = 2;
  private static final int TRIES = 1 << 12;

  private final Expectation expected;
  private final KernelReading kernel;
  private final Part part;
  private final List<Cidr> blocks;
  private final Map<Ip, List<Node>> nodes = new HashMap<>();
  private final Map<Kind, List<Ip>> found = new LinkedHashMap<>();
  private final Set<Ip> named = new HashSet<>();
  private final Set<Ip> claimedTwice = new HashSet<>();

  /**
   * What tells addresses apart.
   *
   * @param block the longest block of policies it is in: that says which others it is in
   * @param owner what policies know of whoever has it
   */
  private record Kind(
      Ip.Family family, int peerClass, @Nullable Cidr block, @Nullable Object owner) {}

  private Peers(Expectation expected, KernelReading kernel, Set<Cidr> blocks) {
    this.expected = expected;
    this.kernel = kernel;
    this.part = expected.part();
    this.blocks = blocks.stream().sorted(Comparator.comparingInt(Cidr::bits).reversed()).toList();
    for (Node node : expected.cluster().nodes()) {
      for (String text : node.addresses()) {
        Ip ip = Ip.parse(text);
        if (ip != null) {
          nodes.computeIfAbsent(ip, _ -> new ArrayList<>()).add(node);
        }
      }
    }
  }

  /**
   * Finds them.
   *
   * @param blocks those of the policies for the pods asked about
   */
  static List<Ip> of(Expectation expected, KernelReading kernel, Set<Cidr> blocks) {
    Peers peers = new Peers(expected, kernel, blocks);
    peers.addNamed();
    peers.addStretches();
    return peers.found.values().stream().flatMap(Collection::stream).toList();
  }

  private void addNamed() {
    named.addAll(nodes.keySet());
    Set<Ip> ofPods = new HashSet<>();
    for (Pod pod : expected.cluster().pods()) {
      for (String text : pod.ips()) {
        Ip ip = Ip.parse(text);
        if (ip != null && !pod.hostNetwork() && !pod.phase().finished() && !ofPods.add(ip)) {
          claimedTwice.add(ip);
        }
      }
    }
    named.addAll(ofPods);
    kernel.content().addresses().exact().keySet().forEach(address -> named(address.toString()));
    // What an address means that two pods claim at one moment is left open.
    named.stream().filter(ip -> !claimedTwice.contains(ip)).sorted().forEach(this::add);
    // Virtual addresses are asked about as services.
    kernel.content().virtual().forEach(address -> named(address.toString()));
  }

  private void named(String text) {
    Ip ip = Ip.parse(text);
    if (ip != null && part.has(ip)) {
      named.add(ip);
    }
  }

  private void add(Ip ip) {
    if (ip.ordinary() && part.has(ip)) {
      List<Ip> alike = found.computeIfAbsent(kind(ip), _ -> new ArrayList<>());
      if (alike.size() < OF_A_KIND && alike.stream().noneMatch(it -> isOfOnePod(it, ip))) {
        alike.add(ip);
      }
    }
  }

  /** A second address of the same pod would not do where that is the pod asked about. */
  private boolean isOfOnePod(Ip one, Ip other) {
    Pod owner = expected.oracle().owner(one);
    return owner != null && owner.equals(expected.oracle().owner(other));
  }

  private Kind kind(Ip ip) {
    Cidr block = blocks.stream().filter(it -> it.contains(ip)).findFirst().orElse(null);
    Pod pod = expected.oracle().owner(ip);
    Object owner = pod != null ? expected.kind(pod) : nodes.get(ip);
    return new Kind(ip.family(), kernel.classOf(ip), block, owner);
  }

  private static Ip after(Ip ip) {
    Ip next = ip.plus(1);
    return ip.family() == Ip.Family.V6 && next.low() == 0
        ? new Ip(Ip.Family.V6, ip.high() + 1, 0)
        : next;
  }

  /** Between two neighbouring edges every address without a name is like every other. */
  private void addStretches() {
    TreeSet<Ip> edges = new TreeSet<>(List.of(Ip.of("1.0.0.0"), Ip.of("1::")));
    Set<Cidr> all = new HashSet<>(blocks);
    for (var prefix : kernel.content().addresses().prefixes().keySet()) {
      Cidr cidr = Cidr.parse(prefix.toString());
      if (cidr != null) {
        all.add(cidr);
      }
    }
    for (Cidr block : all) {
      edges.add(block.base().edge(block.bits(), false));
      edges.add(after(block.base().edge(block.bits(), true)));
    }
    for (Ip edge : edges) {
      Ip next = edges.higher(edge);
      Ip ip = edge;
      for (int i = 0; i < TRIES && isNoStranger(ip); i++) {
        ip = ip.plus(1);
      }
      if (!isNoStranger(ip) && (next == null || ip.compareTo(next) < 0)) {
        add(ip);
      }
    }
  }

  /** Whether an address has a name, or is none that is asked about. */
  private boolean isNoStranger(Ip ip) {
    return named.contains(ip) || !ip.ordinary() || !part.has(ip);
  }
}
