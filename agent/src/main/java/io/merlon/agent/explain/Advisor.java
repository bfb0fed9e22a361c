package io.merlon.agent.explain;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.ClusterSnapshot;
import io.merlon.agent.api.Pod;
import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.LocalPod;
import io.merlon.agent.identity.Cidr;
import io.merlon.agent.policy.ClusterNetworkPolicyReader;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.NetworkPolicyReader;
import io.merlon.agent.policy.Policy;
import io.merlon.agent.policy.PolicyRule;
import io.merlon.agent.policy.RuleRef;
import io.merlon.agent.policy.Selector;
import io.merlon.agent.policy.Tier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Finds what is valid and yet questionable. */
public final class Advisor {
  private static final String DEFAULT_ACCOUNT = "default";

  private final ClusterSnapshot cluster;
  private final CompiledPolicy compiled;
  private final List<Policy> policies = new ArrayList<>();
  private final List<Advice> found = new ArrayList<>();

  private Advisor(ClusterSnapshot cluster, CompiledPolicy compiled) {
    this.cluster = cluster;
    this.compiled = compiled;
    cluster.networkPolicies().forEach(p -> policies.add(NetworkPolicyReader.read(p).policy()));
    cluster
        .clusterNetworkPolicies()
        .forEach(p -> policies.add(ClusterNetworkPolicyReader.read(p).policy()));
    policies.sort(Policy.ORDER);
  }

  /** All there is to say, by policy first. */
  public static List<Advice> advise(ClusterSnapshot cluster, CompiledPolicy compiled) {
    var advisor = new Advisor(cluster, compiled);
    Set<RuleRef> deciding = advisor.deciding();
    advisor.policies.forEach(policy -> advisor.judge(policy, deciding));
    advisor.namespaces();
    advisor.pods();
    return List.copyOf(advisor.found);
  }

  /** The rules that decide anything at all. */
  private Set<RuleRef> deciding() {
    Set<RuleRef> rules = new HashSet<>();
    compiled
        .decisions()
        .values()
        .forEach(decision -> decision.by().deciding().ifPresent(rules::add));
    return rules;
  }

  private void judge(Policy policy, Set<RuleRef> deciding) {
    List<LocalPod> subjects =
        compiled.pods().values().stream().filter(pod -> Find.selects(policy, pod)).toList();
    if (subjects.isEmpty()) {
      add(Risk.SELECTS_NOTHING, policy, "spec", "applies to no pod");
      return;
    }
    for (Direction direction : Direction.values()) {
      for (PolicyRule rule : policy.rules(direction)) {
        judge(policy, rule, subjects, deciding);
      }
    }
  }

  private void judge(
      Policy policy, PolicyRule rule, List<LocalPod> subjects, Set<RuleRef> deciding) {
    String field = rule.ref().field();
    int before = found.size();
    rule.peers().stream()
        .filter(peer -> !Find.anybody(peer, compiled, cluster))
        .forEach(_ -> add(Risk.MATCHES_NOBODY, policy, field, "has a peer that is nobody"));
    for (String port : Find.undeclared(rule, subjects, compiled, cluster)) {
      String text = "names port " + port + ", which no pod it is for declares";
      add(Risk.UNDECLARED_PORT, policy, field, text);
    }
    for (Cidr part : Find.outside(rule)) {
      add(Risk.EXCEPT_OUTSIDE, policy, field, "excepts " + part + ", which its block has not");
    }
    if (found.size() == before && !rule.peers().isEmpty() && !deciding.contains(rule.ref())) {
      String text = "never decides: other rules say the same, or come first";
      add(Risk.NEVER_DECIDES, policy, field, text);
    }
    if (policy.tier() == Tier.NETWORK_POLICY
        && rule.ref().direction() == Direction.INGRESS
        && Find.everybody(rule)) {
      add(Risk.OPEN_TO_WORLD, policy, field, "lets any address in");
    }
  }

  private void namespaces() {
    var inhabited = new TreeSet<String>();
    compiled.pods().keySet().forEach(pod -> inhabited.add(pod.namespace()));
    for (String namespace : inhabited) {
      List<String> open = new ArrayList<>();
      for (Direction direction : Direction.values()) {
        if (policies.stream().noneMatch(policy -> closes(policy, namespace, direction))) {
          open.add(direction.name().toLowerCase(Locale.ROOT));
        }
      }
      if (!open.isEmpty()) {
        found.add(
            new Advice(
                Risk.NO_DEFAULT_DENY,
                new ClusterEvent.Key(ClusterEvent.Kind.NAMESPACE, "", namespace),
                "",
                "has no default deny for " + String.join(" and ", open)));
      }
    }
  }

  private static boolean closes(Policy policy, String namespace, Direction direction) {
    return policy.isolates().contains(direction)
        && policy.ref().namespace().equals(namespace)
        && policy.subject().pods().equals(Selector.EVERYTHING);
  }

  private void pods() {
    for (Pod pod : cluster.pods()) {
      if (!pod.phase().finished() && pod.serviceAccount().equals(DEFAULT_ACCOUNT)) {
        found.add(
            new Advice(
                Risk.DEFAULT_SERVICE_ACCOUNT,
                new ClusterEvent.Key(ClusterEvent.Kind.POD, pod.namespace(), pod.name()),
                "spec.serviceAccountName",
                "runs as the default ServiceAccount of its namespace"));
      }
    }
  }

  private void add(Risk risk, Policy policy, String field, String text) {
    policy.ref().object().ifPresent(object -> found.add(new Advice(risk, object, field, text)));
  }
}
