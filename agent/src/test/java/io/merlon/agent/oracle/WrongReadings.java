package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterNetworkPolicy;
import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.EndpointSlice;
import io.merlon.agent.api.IntOrString;
import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.LabelSelector.Requirement;
import io.merlon.agent.api.NetworkPolicy.IpBlock;
import io.merlon.agent.api.NetworkPolicy.Peer;
import io.merlon.agent.api.NetworkPolicy.Port;
import io.merlon.agent.api.NetworkPolicy.Rule;
import io.merlon.agent.api.Node;
import io.merlon.agent.api.Pod;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** One mistake for each thing the specification takes care to say. */
final class WrongReadings {
  private static final Peer NOBODY = new Peer(null, null, null);
  private static final Port NOTHING = new Port("ICMP", null, null);

  private WrongReadings() {}

  static List<Rereading> all() {
    return Stream.of(policyTypes(), peers(), blocks(), ports(), pods(), tiers())
        .flatMap(List::stream)
        .toList();
  }

  private static List<Rereading> policyTypes() {
    return List.of(
        new Rereading(
            "NP-4: egress [] isolates egress",
            WorldChanges.eachPolicy(p ->
                (p.policyTypes() == null || p.policyTypes().isEmpty()) && p.egress() != null
                    ? WorldChanges.with(p, p.podSelector(), List.of("Ingress", "Egress"))
                    : p)),
        new Rereading(
            "NP-4: no policyTypes means no ingress where there are no ingress rules",
            WorldChanges.eachPolicy(p ->
                p.policyTypes() == null && p.ingress() == null && p.egress() != null
                    ? WorldChanges.with(p, p.podSelector(), List.of("Egress"))
                    : p)),
        new Rereading(
            "NP-5: rules of an unlisted direction count",
            WorldChanges.eachPolicy(p -> WorldChanges.with(p, p.podSelector(), null))),
        new Rereading(
            "NP-2: one policy goes before another",
            WorldChanges.policies(all -> all.stream().limit(1).toList())),
        new Rereading(
            "NP-6: the empty rule allows nobody",
            WorldChanges.eachRule(
                r -> r.peers() == null && r.ports() == null ? new Rule(List.of(NOBODY), null) : r)),
        new Rereading(
            "NP-27: a policy type nobody knows is passed over",
            WorldChanges.eachPolicy(p ->
                p.policyTypes() == null || p.policyTypes().isEmpty()
                    ? p
                    : WorldChanges.with(
                        p,
                        p.podSelector(),
                        Stream.concat(Stream.of(""), p.policyTypes().stream())
                            .filter(type -> type.endsWith("gress") && !type.equals("ingress"))
                            .toList()))),
        new Rereading(
            "NP-8: no podSelector selects nobody",
            WorldChanges.policies(
                all -> all.stream().filter(p -> p.podSelector() != null).toList())));
  }

  private static List<Rereading> peers() {
    return List.of(
        new Rereading(
            "NP-7: from [] is nobody",
            WorldChanges.eachRule(r ->
                r.peers() != null && r.peers().isEmpty()
                    ? new Rule(List.of(NOBODY), r.ports())
                    : r)),
        new Rereading(
            "NP-9: a podSelector alone reaches into every namespace",
            WorldChanges.eachPeer(p ->
                p.podSelector() != null && p.ipBlock() == null && p.namespaceSelector() == null
                    ? List.of(new Peer(p.podSelector(), LabelSelector.EVERYTHING, null))
                    : List.of(p))),
        new Rereading(
            "NP-9: both selectors are alternatives",
            WorldChanges.eachPeer(p ->
                p.ipBlock() == null
                    ? List.of(
                        new Peer(null, p.namespaceSelector(), null),
                        new Peer(p.podSelector(), null, null))
                    : List.of(p))),
        new Rereading(
            "NP-9: namespaceSelector {} is the whole world",
            WorldChanges.eachPeer(p ->
                LabelSelector.EVERYTHING.equals(p.namespaceSelector())
                        && p.podSelector() == null
                        && p.ipBlock() == null
                    ? List.of(p, block("0.0.0.0/0"), block("::/0"))
                    : List.of(p))),
        new Rereading(
            "NP-10: NotIn needs the key",
            WorldChanges.eachRequirement(r ->
                r.operator().equals("NotIn") && !r.values().isEmpty()
                    ? List.of(r, new Requirement(r.key(), "Exists", List.of()))
                    : List.of(r))),
        new Rereading(
            "NP-27: an empty peer is everybody",
            WorldChanges.eachRule(r ->
                r.peers() != null && r.peers().contains(NOBODY) ? new Rule(null, r.ports()) : r)),
        new Rereading(
            "NP-27: selectors beside an ipBlock are passed over",
            WorldChanges.eachPeer(p ->
                p.ipBlock() == null ? List.of(p) : List.of(new Peer(null, null, p.ipBlock())))),
        new Rereading(
            "NP-27: what is unreadable in a selector is passed over",
            WorldChanges.eachRequirement(r ->
                Labels.valid(new LabelSelector(Map.of(), List.of(r))) ? List.of(r) : List.of())));
  }

  private static Peer block(String cidr) {
    return new Peer(null, null, new IpBlock(cidr, List.of()));
  }

  private static Rereading blocks(String item, UnaryOperator<IpBlock> change) {
    return new Rereading(
        item,
        WorldChanges.eachPeer(p ->
            p.ipBlock() == null
                ? List.of(p)
                : List.of(
                    new Peer(p.podSelector(), p.namespaceSelector(), change.apply(p.ipBlock())))));
  }

  private static List<Rereading> blocks() {
    return List.of(
        blocks("NP-14: except does nothing", b -> new IpBlock(b.cidr(), List.of())),
        blocks(
            "NP-14: host bits make a CIDR unreadable",
            b -> {
              Cidr cidr = Cidr.parse(b.cidr());
              return cidr == null || cidr.base().edge(cidr.bits(), false).equals(cidr.base())
                  ? b
                  : new IpBlock("", List.of());
            }),
        blocks(
            "NP-27: an unreadable except is passed over",
            b ->
                new IpBlock(
                    b.cidr(), b.except().stream().filter(e -> Cidr.parse(e) != null).toList())),
        new Rereading(
            "NP-14: an except takes from every other block",
            WorldChanges.eachRule(r -> {
              if (r.peers() == null) {
                return r;
              }
              List<String> excepts =
                  r.peers().stream()
                      .filter(p -> p.ipBlock() != null)
                      .flatMap(p -> p.ipBlock().except().stream())
                      .toList();
              return new Rule(
                  r.peers().stream()
                      .map(p ->
                          p.ipBlock() == null
                              ? p
                              : new Peer(
                                  p.podSelector(),
                                  p.namespaceSelector(),
                                  new IpBlock(p.ipBlock().cidr(), excepts)))
                      .toList(),
                  r.ports());
            })),
        new Rereading(
            "NP-15: 0.0.0.0/0 is IPv6 as well",
            WorldChanges.eachPeer(p ->
                p.ipBlock() != null && p.ipBlock().cidr().equals("0.0.0.0/0")
                    ? List.of(p, block("::/0"))
                    : List.of(p))));
  }

  private static List<Rereading> ports() {
    return List.of(
        new Rereading(
            "NP-7: ports [] is no port",
            WorldChanges.eachRule(r ->
                r.ports() != null && r.ports().isEmpty()
                    ? new Rule(r.peers(), List.of(NOTHING))
                    : r)),
        new Rereading(
            "NP-11: no protocol is every protocol",
            WorldChanges.eachPort(p ->
                p.protocol() == null
                    ? Stream.of("TCP", "UDP", "SCTP")
                        .map(name -> new Port(name, p.port(), p.endPort()))
                        .toList()
                    : List.of(p))),
        new Rereading(
            "NP-12: endPort is exclusive",
            WorldChanges.eachPort(p ->
                p.endPort() != null
                        && p.port() instanceof IntOrString.Int(int first)
                        && first < p.endPort()
                    ? List.of(new Port(p.protocol(), p.port(), p.endPort() - 1))
                    : List.of(p))),
        new Rereading(
            "NP-13: a port name is for every protocol",
            WorldChanges.pods(p ->
                WorldChanges.pod(
                    p,
                    p.hostNetwork(),
                    p.phase(),
                    p.ports().stream()
                        .flatMap(port ->
                            Stream.of("TCP", "UDP", "SCTP")
                                .map(name -> new Pod.ContainerPort(port.name(), port.port(), name)))
                        .toList()))),
        new Rereading(
            "NP-13: a port name is one number on every pod",
            WorldChanges.pods(p ->
                WorldChanges.pod(
                    p,
                    p.hostNetwork(),
                    p.phase(),
                    List.of(
                        new Pod.ContainerPort("http", 80, "TCP"),
                        new Pod.ContainerPort("dns", 53, "UDP"))))),
        new Rereading(
            "NP-16: SCTP is TCP",
            WorldChanges.eachPort(p ->
                "SCTP".equals(p.protocol())
                    ? List.of(p, new Port("TCP", p.port(), p.endPort()))
                    : List.of(p))),
        new Rereading(
            "NP-27: a bad endPort leaves the port",
            WorldChanges.eachPort(p ->
                p.endPort() != null
                        && (!(p.port() instanceof IntOrString.Int(int first))
                            || p.endPort() < first)
                    ? List.of(new Port(p.protocol(), p.port(), null))
                    : List.of(p))),
        new Rereading(
            "NP-23: a service is judged by its own port",
            c ->
                WorldChanges.slices(
                    c,
                    s ->
                        new EndpointSlice(
                            s.namespace(),
                            s.name(),
                            s.service(),
                            s.addressType(),
                            s.ports().stream()
                                .map(p -> new EndpointSlice.Port(p.name(), p.protocol(), null))
                                .toList(),
                            s.endpoints()))));
  }

  private static List<Rereading> pods() {
    return List.of(
        new Rereading(
            "NP-17: the own node is a stranger",
            WorldChanges.nodes(n -> new Node(n.name(), n.labels(), List.of()))),
        new Rereading(
            "NP-18: host-network pods are selected",
            WorldChanges.pods(p -> WorldChanges.pod(p, false, p.phase(), p.ports()))),
        new Rereading(
            "NP-26: a finished pod keeps its address",
            WorldChanges.pods(
                p -> WorldChanges.pod(p, p.hostNetwork(), Pod.Phase.RUNNING, p.ports()))),
        new Rereading(
            "NP-15: only the first of podIPs counts",
            WorldChanges.pods(p -> WorldChanges.at(p, p.ips().stream().limit(1).toList()))),
        new Rereading(
            "NP-26: a terminating pod has lost its address",
            WorldChanges.pods(p -> p.terminating() ? WorldChanges.at(p, List.of()) : p)),
        new Rereading(
            "identity: a claimed service account is believed",
            WorldChanges.pods(p ->
                WorldChanges.of(
                    p,
                    p.labels()
                        .getOrDefault(
                            SelectorGenerator.OURS + "service-account", p.serviceAccount())))),
        new Rereading(
            "identity: no Pod Identity associations",
            c ->
                new ClusterSnapshot(
                    c.namespaces(),
                    c.pods(),
                    c.serviceAccounts(),
                    c.nodes(),
                    c.services(),
                    c.endpointSlices(),
                    c.networkPolicies(),
                    c.clusterNetworkPolicies(),
                    List.of())));
  }

  private static List<Rereading> tiers() {
    return List.of(
        new Rereading(
            "Tiers 1: priority descends",
            WorldChanges.eachTierPolicy(p -> WorldChanges.with(p, p.tier(), 1000 - p.priority()))),
        new Rereading(
            "Tiers 1: Pass accepts",
            WorldChanges.eachTierPolicy(p ->
                WorldChanges.rules(
                    p, rules -> rules.stream().map(WrongReadings::passAccepts).toList()))),
        new Rereading(
            "Tiers 2: Baseline comes before NetworkPolicy",
            WorldChanges.eachTierPolicy(
                p -> p.tier().equals("Baseline") ? WorldChanges.with(p, "Admin", 1000) : p)),
        new Rereading(
            "Tiers 3: Baseline never decides",
            WorldChanges.tiers(all -> all.stream().filter(p -> p.tier().equals("Admin")).toList())),
        new Rereading(
            "Tiers 6: a policy's last rule comes first",
            WorldChanges.eachTierPolicy(p -> WorldChanges.rules(p, List::reversed))),
        new Rereading(
            "Tiers 7: a subject nobody can read is nobody",
            WorldChanges.tiers(
                all -> all.stream().filter(WrongReadings::hasReadableSubject).toList())),
        new Rereading(
            "Tiers 7: an action nobody knows is passed over",
            WorldChanges.eachTierPolicy(p ->
                WorldChanges.rules(
                    p, rules -> rules.stream().filter(r -> r.action().length() != 3).toList()))),
        new Rereading(
            "Tiers 7: peers nobody knows are passed over",
            WorldChanges.eachTierPolicy(p ->
                WorldChanges.rules(
                    p,
                    rules ->
                        rules.stream()
                            .map(WrongReadings::knownPeers)
                            .filter(r -> !r.peers().isEmpty())
                            .toList()))));
  }

  private static ClusterNetworkPolicy.Rule passAccepts(ClusterNetworkPolicy.Rule r) {
    return new ClusterNetworkPolicy.Rule(
        r.name(), r.action().equals("Pass") ? "Accept" : r.action(), r.peers(), r.protocols());
  }

  private static ClusterNetworkPolicy.Rule knownPeers(ClusterNetworkPolicy.Rule r) {
    return new ClusterNetworkPolicy.Rule(
        r.name(),
        r.action(),
        r.peers().stream()
            .filter(p -> p.unknown().isEmpty() && p.domainNames() == null)
            .filter(p ->
                p.namespaces() != null
                    || p.pods() != null
                    || p.nodes() != null
                    || p.networks() != null)
            .toList(),
        r.protocols());
  }

  private static boolean hasReadableSubject(ClusterNetworkPolicy p) {
    LabelSelector namespaces = p.subject().namespaces();
    ClusterNetworkPolicy.NamespacedPod pods = p.subject().pods();
    return (namespaces == null || Labels.valid(namespaces))
        && (pods == null
            || (Labels.valid(pods.namespaceSelector()) && Labels.valid(pods.podSelector())));
  }
}
