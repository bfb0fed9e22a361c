package io.merlon.agent.compile;

import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.PeerSelector;
import io.merlon.agent.policy.PolicyRule;
import io.merlon.agent.policy.PortMatch;
import io.merlon.agent.policy.PortMatch.NamedPort;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The peer tests of the policies in force, and who passes them. */
final class TestRegistry {
  final PrefixRegistry prefixes = new PrefixRegistry();

  private final Map<Set<PeerSelector>, PeerTest> byPeers = new HashMap<>();
  private final List<@Nullable PeerTest> byNumber = new ArrayList<>();
  private final Deque<Integer> free = new ArrayDeque<>();
  private final Map<NamedPort, Integer> askedOfAnyone = new HashMap<>();
  private int asked;

  private final Set<PeerTest> added = new LinkedHashSet<>();
  private final Set<PeerTest> unused = new LinkedHashSet<>();
  private final Set<NamedPort> askedAnew = new LinkedHashSet<>();

  /** The number of the test a rule makes of its peers. */
  int acquire(PolicyRule rule) {
    if (rule.matchesAnyone()) {
      count(rule, askedOfAnyone, 1);
      return TestedRule.ANYONE;
    }
    PeerTest test = byPeers.computeIfAbsent(Set.copyOf(rule.peers()), this::add);
    test.uses++;
    unused.remove(test);
    count(rule, test.asked, 1);
    return test.number;
  }

  void release(PolicyRule rule) {
    if (rule.matchesAnyone()) {
      count(rule, askedOfAnyone, -1);
      return;
    }
    PeerTest test = Objects.requireNonNull(byPeers.get(Set.copyOf(rule.peers())));
    count(rule, test.asked, -1);
    test.uses--;
    if (test.uses == 0) {
      unused.add(test);
    }
  }

  private PeerTest add(Set<PeerSelector> peers) {
    Integer number = free.poll();
    if (number == null) {
      number = byNumber.size();
      byNumber.add(null);
    }
    PeerTest test = new PeerTest(number, peers);
    byNumber.set(number, test);
    added.add(test);
    return test;
  }

  /** The names of destination ports matter for the peer on the way out only. */
  private void count(PolicyRule rule, Map<NamedPort, Integer> uses, int change) {
    if (rule.ref().direction() == Direction.EGRESS) {
      for (PortMatch match : rule.ports()) {
        if (match instanceof NamedPort name) {
          int left = uses.merge(name, change, Integer::sum);
          asked += change;
          if (left == 0) {
            uses.remove(name);
          }
          if (left == 0 || left == change) {
            askedAnew.add(name);
          }
        }
      }
    }
  }

  /** The ports a pod answers with, where a test it passes asks for them by name. */
  List<PortAnswer> answers(int[] passed, List<PortAnswer> declared) {
    if (asked == 0 || declared.isEmpty()) {
      return List.of();
    }
    List<PortAnswer> answers = new ArrayList<>();
    for (PortAnswer port : declared) {
      if (isAsked(port, askedOfAnyone.keySet())) {
        answers.add(port);
        continue;
      }
      for (int number : passed) {
        if (isAsked(port, Objects.requireNonNull(byNumber.get(number)).asked.keySet())) {
          answers.add(port);
          break;
        }
      }
    }
    return answers;
  }

  private static boolean isAsked(PortAnswer port, Collection<NamedPort> names) {
    for (NamedPort name : names) {
      if (port.answers(name)) {
        return true;
      }
    }
    return false;
  }

  /** Draws the consequences of new and dropped tests and of new labels; says if any was dropped. */
  boolean settle(Collection<NamespaceState> namespaces, Collection<NodeState> nodes, Dirty dirty) {
    for (PeerTest test : unused) {
      byPeers.remove(test.peers);
      if (!added.remove(test)) {
        drop(test, namespaces, nodes, dirty);
      }
    }
    for (NamespaceState namespace : dirty.namespaces) {
      collectCandidates(namespace);
    }
    for (PeerTest test : added) {
      introduce(test, namespaces, nodes, dirty);
    }
    for (PodGroup group : dirty.groups) {
      evaluate(group, dirty);
    }
    for (NodeState node : dirty.nodes) {
      evaluate(node, dirty);
    }
    if (!askedAnew.isEmpty()) {
      namespaces.forEach(namespace -> forgetAnswers(namespace, dirty));
    }
    for (PeerTest test : unused) {
      byNumber.set(test.number, null);
      free.add(test.number);
    }
    boolean dropped = !unused.isEmpty();
    unused.clear();
    added.clear();
    askedAnew.clear();
    return dropped;
  }

  private void drop(
      PeerTest test,
      Collection<NamespaceState> namespaces,
      Collection<NodeState> nodes,
      Dirty dirty) {
    for (NamespaceState namespace : namespaces) {
      if (namespace.candidates.remove(test)) {
        for (PodGroup group : namespace.groups.values()) {
          change(group, TestNumbers.without(group.tests, test.number), dirty);
        }
      }
    }
    if (test.hasNodes()) {
      for (NodeState node : nodes) {
        change(node, TestNumbers.without(node.tests, test.number), dirty);
      }
    }
    prefixes.drop(test);
  }

  private void introduce(
      PeerTest test,
      Collection<NamespaceState> namespaces,
      Collection<NodeState> nodes,
      Dirty dirty) {
    for (NamespaceState namespace : namespaces) {
      if (!dirty.namespaces.contains(namespace) && test.concerns(namespace)) {
        namespace.candidates.add(test);
        for (PodGroup group : namespace.groups.values()) {
          if (!dirty.groups.contains(group) && test.passes(group)) {
            change(group, TestNumbers.with(group.tests, test.number), dirty);
          }
        }
      }
    }
    if (test.hasNodes()) {
      for (NodeState node : nodes) {
        if (test.passesNode(node.labels) && node.exists) {
          change(node, TestNumbers.with(node.tests, test.number), dirty);
        }
      }
    }
    prefixes.add(test);
  }

  private void collectCandidates(NamespaceState namespace) {
    namespace.candidates.clear();
    for (PeerTest test : byNumber) {
      if (test != null && test.uses > 0 && test.concerns(namespace)) {
        namespace.candidates.add(test);
      }
    }
  }

  private void evaluate(PodGroup group, Dirty dirty) {
    int[] passed = new int[group.namespace.candidates.size()];
    int count = 0;
    for (PeerTest test : group.namespace.candidates) {
      if (test.passes(group)) {
        passed[count++] = test.number;
      }
    }
    Arrays.sort(passed, 0, count);
    change(group, Arrays.copyOf(passed, count), dirty);
  }

  private void evaluate(NodeState node, Dirty dirty) {
    int[] passed = TestNumbers.NONE;
    for (PeerTest test : byNumber) {
      if (test != null && test.uses > 0 && node.exists && test.passesNode(node.labels)) {
        passed = TestNumbers.with(passed, test.number);
      }
    }
    change(node, passed, dirty);
  }

  private static void change(PodGroup group, int[] tests, Dirty dirty) {
    if (!Arrays.equals(group.tests, tests)) {
      group.setTests(tests);
      dirty.addressesOf(group);
    }
  }

  private static void change(NodeState node, int[] tests, Dirty dirty) {
    if (!Arrays.equals(node.tests, tests)) {
      node.tests = tests;
      dirty.addresses.addAll(node.claims.keySet());
    }
  }

  private void forgetAnswers(NamespaceState namespace, Dirty dirty) {
    for (PodGroup group : namespace.groups.values()) {
      for (PortAnswer port : group.key.ports()) {
        if (isAsked(port, askedAnew)) {
          group.forget();
          dirty.addressesOf(group);
          break;
        }
      }
    }
  }
}
