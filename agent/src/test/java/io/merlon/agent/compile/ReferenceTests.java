package io.merlon.agent.compile;

import io.merlon.agent.identity.Cidr;
import io.merlon.agent.identity.LabelSet;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.PeerSelector;
import io.merlon.agent.policy.PeerSelector.Block;
import io.merlon.agent.policy.PeerSelector.Nodes;
import io.merlon.agent.policy.PeerSelector.Pods;
import io.merlon.agent.policy.PolicyRule;
import io.merlon.agent.policy.PortMatch.NamedPort;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The tests that relevant rules make of their peers: one per distinct set of peers. */
final class ReferenceTests {
  private final Map<Set<PeerSelector>, Integer> numbers = new HashMap<>();
  private final List<Set<PeerSelector>> tests = new ArrayList<>();
  private final List<Set<NamedPort>> asked = new ArrayList<>();
  private final Set<NamedPort> askedOfAnyone = new HashSet<>();
  final Set<Cidr> prefixes = new TreeSet<>();

  int number(PolicyRule rule) {
    Set<NamedPort> names;
    int number;
    if (rule.matchesAnyone()) {
      names = askedOfAnyone;
      number = TestedRule.ANYONE;
    } else {
      number = numbers.computeIfAbsent(Set.copyOf(rule.peers()), this::add);
      names = asked.get(number);
    }
    if (rule.ref().direction() == Direction.EGRESS) {
      rule.ports().stream()
          .filter(NamedPort.class::isInstance)
          .map(NamedPort.class::cast)
          .forEach(names::add);
    }
    return number;
  }

  private int add(Set<PeerSelector> peers) {
    tests.add(peers);
    asked.add(new HashSet<>());
    for (PeerSelector peer : peers) {
      if (peer instanceof Block block) {
        prefixes.add(block.cidr());
        prefixes.addAll(block.except());
      }
    }
    return tests.size() - 1;
  }

  Set<Integer> passedBy(ReferencePod pod) {
    Set<Integer> passed = new TreeSet<>();
    for (int i = 0; i < tests.size(); i++) {
      for (PeerSelector peer : tests.get(i)) {
        if (peer instanceof Pods pods
            && pods.selection()
                .matches(
                    pod.pod().namespace(),
                    pod.identity().namespaceLabels(),
                    pod.identity().labels())) {
          passed.add(i);
        }
      }
    }
    return passed;
  }

  Set<Integer> passedByNode(LabelSet labels) {
    Set<Integer> passed = new TreeSet<>();
    for (int i = 0; i < tests.size(); i++) {
      for (PeerSelector peer : tests.get(i)) {
        if (peer instanceof Nodes nodes && nodes.selector().matches(labels)) {
          passed.add(i);
        }
      }
    }
    return passed;
  }

  Set<Integer> passedBy(Cidr part) {
    Set<Integer> passed = new TreeSet<>();
    for (int i = 0; i < tests.size(); i++) {
      for (PeerSelector peer : tests.get(i)) {
        if (peer instanceof Block block && block.covers(part)) {
          passed.add(i);
        }
      }
    }
    return passed;
  }

  /** The ports a pod answers with, where a test it passes asks for them. */
  List<PortAnswer> answers(Set<Integer> passed, List<PortAnswer> declared) {
    List<PortAnswer> answers = new ArrayList<>();
    for (PortAnswer answer : declared) {
      if (askedOfAnyone.stream().anyMatch(answer::answers)
          || passed.stream().anyMatch(t -> asked.get(t).stream().anyMatch(answer::answers))) {
        answers.add(answer);
      }
    }
    return answers;
  }
}
