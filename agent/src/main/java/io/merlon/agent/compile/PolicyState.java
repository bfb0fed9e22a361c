package io.merlon.agent.compile;

import io.merlon.agent.policy.Action;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.Policy;
import io.merlon.agent.policy.PolicyRule;
import io.merlon.agent.policy.PortMatch.NamedPort;
import java.util.ArrayList;
import java.util.List;

/** One version of a policy. Its rules make tests only while it selects a local pod. */
final class PolicyState {
  final Policy policy;

  /** How many groups with local pods it selects. */
  int groups;

  boolean inForce;
  private List<TestedRule> ingress = List.of();
  private List<TestedRule> egress = List.of();

  PolicyState(Policy policy) {
    this.policy = policy;
  }

  boolean selects(PodGroup group) {
    return policy.subject().matches(group.namespace.name, group.namespace.labels, group.labels);
  }

  /** Whether its rules for connections to its subjects use the name of this port. */
  boolean asksFor(PortAnswer port) {
    for (PolicyRule rule : policy.ingress()) {
      for (var match : rule.ports()) {
        if (match instanceof NamedPort named && port.answers(named)) {
          return true;
        }
      }
    }
    return false;
  }

  List<TestedRule> rules(Direction direction) {
    return switch (direction) {
      case INGRESS -> ingress;
      case EGRESS -> egress;
    };
  }

  void putInForce(TestRegistry tests) {
    inForce = true;
    ingress = tested(policy.ingress(), tests);
    egress = tested(policy.egress(), tests);
  }

  private List<TestedRule> tested(List<PolicyRule> rules, TestRegistry tests) {
    List<TestedRule> tested = new ArrayList<>();
    for (PolicyRule rule : rules) {
      // A rule without peers or without ports was left so by its reader: it matches nothing.
      if (!rule.peers().isEmpty() && !rule.ports().isEmpty()) {
        DecidedBy by = DecidedBy.of(policy.tier(), rule.ref(), rule.action());
        Decision decision = rule.action() == Action.DENY ? Decision.deny(by) : Decision.allow(by);
        tested.add(new TestedRule(tests.acquire(rule), rule.action(), rule.ports(), decision));
      }
    }
    return List.copyOf(tested);
  }

  void takeOutOfForce(TestRegistry tests) {
    inForce = false;
    ingress = List.of();
    egress = List.of();
    for (Direction direction : Direction.values()) {
      for (PolicyRule rule : policy.rules(direction)) {
        if (!rule.peers().isEmpty() && !rule.ports().isEmpty()) {
          tests.release(rule);
        }
      }
    }
  }
}
