package io.merlon.agent.explain;

import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.Node;
import io.merlon.agent.api.Pod;
import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.DecidedBy;
import io.merlon.agent.compile.Decision;
import io.merlon.agent.compile.LocalPod;
import io.merlon.agent.compile.PolicyLookup;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.Identity;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.policy.Action;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.NetworkPolicyReader;
import io.merlon.agent.policy.Policy;
import io.merlon.agent.policy.PolicyRule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Says why a connection is allowed or not, and what would have had to be different. */
public final class Explainer {
  private final CompiledPolicy compiled;
  private final List<Policy> policies;
  private final List<Node> nodes;
  private final Map<PodRef, Pod> pods = new HashMap<>();

  public Explainer(ClusterSnapshot cluster, CompiledPolicy compiled) {
    this.compiled = compiled;
    this.nodes = List.copyOf(cluster.nodes());
    this.policies =
        cluster.networkPolicies().stream()
            .map(written -> NetworkPolicyReader.read(written).policy())
            .sorted(Policy.ORDER)
            .toList();
    cluster.pods().forEach(pod -> pods.put(new PodRef(pod.namespace(), pod.name()), pod));
  }

  /** Explains every family that both ends have an address of, IPv4 first. */
  public List<Explanation> explain(End from, End to, PortSpec port) {
    List<Explanation> explanations = new ArrayList<>();
    for (boolean v6 : new boolean[] {false, true}) {
      Address source = from.address(v6);
      Address destination = to.address(v6);
      if (source != null && destination != null) {
        explanations.add(explain(party(from, source), party(to, destination), port));
      }
    }
    return explanations;
  }

  private Explanation explain(Party from, Party to, PortSpec port) {
    var answer =
        PolicyLookup.verdict(
            compiled,
            from.end().side(from.address()),
            to.end().side(to.address()),
            port.protocol(),
            port.port());
    var cell = new Cell(from.end(), to.end(), from.address().isV6(), port, answer);
    return new Explanation(
        cell,
        new SideAnswer(
            Direction.EGRESS,
            from.end(),
            answer.egress(),
            nearest(answer.egress(), from, Direction.EGRESS, rule -> of(rule, to, to, port))),
        new SideAnswer(
            Direction.INGRESS,
            to.end(),
            answer.ingress(),
            nearest(answer.ingress(), to, Direction.INGRESS, rule -> of(rule, from, to, port))));
  }

  private static List<Obstacle> of(PolicyRule rule, Party peer, Party destination, PortSpec port) {
    return Obstacles.of(rule, peer, destination, port);
  }

  /** What keeps a rule from matching the connection in question. */
  @FunctionalInterface
  private interface Against {
    List<Obstacle> find(PolicyRule rule);
  }

  /**
   * Only where no rule matched at all is there a rule that nearly did: of the policies that apply
   * to the pod, or of one that nearly applies.
   */
  private @Nullable NearMiss nearest(
      Decision decision, Party subject, Direction direction, Against against) {
    Identity pod = subject.identity();
    if (pod == null || !(decision.by() instanceof DecidedBy.DefaultDeny)) {
      return null;
    }
    return policies.stream()
        .filter(policy -> policy.ref().namespace().equals(pod.pod().namespace()))
        .flatMap(policy -> misses(policy, pod, direction, against))
        .filter(miss -> miss.distance() < Obstacle.FAR)
        .min(Comparator.comparingInt(NearMiss::distance))
        .orElse(null);
  }

  private static Stream<NearMiss> misses(
      Policy policy, Identity pod, Direction direction, Against against) {
    List<Obstacle> ofSubject = Obstacles.ofSubject(policy.subject(), pod);
    return policy.rules(direction).stream()
        .filter(rule -> rule.action() == Action.ACCEPT)
        .map(rule ->
            new NearMiss(
                rule.ref(),
                Stream.concat(ofSubject.stream(), against.find(rule).stream()).toList()));
  }

  private Party party(End end, Address address) {
    LocalPod local = end.pod() == null ? null : compiled.pods().get(end.pod());
    Pod pod = end.pod() == null ? null : pods.get(end.pod());
    List<String> owners =
        Objects.requireNonNullElse(compiled.nodes().get(address), List.<String>of());
    return new Party(
        end,
        address,
        local == null ? null : local.identity(),
        pod == null ? List.of() : pod.ports(),
        nodes.stream().filter(node -> owners.contains(node.name())).toList());
  }
}
