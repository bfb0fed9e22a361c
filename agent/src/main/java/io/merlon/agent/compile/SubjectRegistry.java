package io.merlon.agent.compile;

import io.merlon.agent.identity.WorkloadRef;
import io.merlon.agent.policy.Policy;
import io.merlon.agent.policy.PolicyRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which policies select which local pods, which are in force for that, and the tables they make.
 */
final class SubjectRegistry {
  final Map<String, PolicyState> clusterPolicies = new TreeMap<>();
  final Set<PodGroup> localGroups = new LinkedHashSet<>();

  private final TestRegistry tests;
  private final Map<SubjectState.Key, SubjectState> byKey = new HashMap<>();
  private final Map<SharedTable.Key, SharedTable> tables = new HashMap<>();
  private final boolean countsWorkloads;
  private final SubjectNumbers numbers;
  private final Set<PolicyState> touched = new LinkedHashSet<>();
  private final Set<SubjectState> ended = new LinkedHashSet<>();
  private final Set<SubjectState> moved = new LinkedHashSet<>();
  private final Set<SharedTable> remade = new LinkedHashSet<>();

  SubjectRegistry(TestRegistry tests, CompileOptions options, SubjectNumbers numbers) {
    this.tests = tests;
    this.countsWorkloads = options.countsWorkloads();
    this.numbers = numbers;
  }

  SubjectNumbers numbers() {
    return numbers;
  }

  /** Finds the policies of groups, and puts in force what then selects anything. */
  void select(Dirty dirty) {
    Map<PodGroup, SubjectState.Key> wanted = new LinkedHashMap<>();
    for (PodGroup group : dirty.selections) {
      if (group.locals > 0) {
        localGroups.add(group);
        setPolicies(group, selecting(group));
        wanted.put(group, key(group));
      } else {
        localGroups.remove(group);
        setPolicies(group, List.of());
        leave(group);
      }
    }
    rename(wanted);
    wanted.forEach((group, key) -> join(group, key, dirty));
    // What comes into force first: a test that stays asked is not dropped in between.
    for (PolicyState policy : touched) {
      if (policy.groups > 0 && !policy.inForce) {
        policy.putInForce(tests);
      }
    }
    for (PolicyState policy : touched) {
      if (policy.groups == 0 && policy.inForce) {
        policy.takeOutOfForce(tests);
      }
    }
    touched.clear();
  }

  private List<PolicyState> selecting(PodGroup group) {
    List<PolicyState> selecting = new ArrayList<>();
    for (PolicyState policy : group.namespace.policies.values()) {
      if (policy.selects(group)) {
        selecting.add(policy);
      }
    }
    for (PolicyState policy : clusterPolicies.values()) {
      if (policy.selects(group)) {
        selecting.add(policy);
      }
    }
    selecting.sort((a, b) -> Policy.ORDER.compare(a.policy, b.policy));
    return selecting;
  }

  private void setPolicies(PodGroup group, List<PolicyState> policies) {
    policies.forEach(policy -> policy.groups++);
    group.selecting.forEach(policy -> policy.groups--);
    touched.addAll(policies);
    touched.addAll(group.selecting);
    group.selecting = List.copyOf(policies);
  }

  private SubjectState.Key key(PodGroup group) {
    List<PolicyRef> refs = group.selecting.stream().map(state -> state.policy.ref()).toList();
    List<PortAnswer> ports =
        group.key.ports().stream()
            .filter(port -> group.selecting.stream().anyMatch(policy -> policy.asksFor(port)))
            .toList();
    return new SubjectState.Key(
        new SharedTable.Key(refs, ports), countsWorkloads ? group.workload() : WorkloadRef.NONE);
  }

  /** A subject all of whose groups change alike keeps its number, and so its pods' entries. */
  private void rename(Map<PodGroup, SubjectState.Key> wanted) {
    Map<SubjectState, Map<SubjectState.Key, Integer>> leaving = new LinkedHashMap<>();
    wanted.forEach((group, key) -> {
      if (group.subject != null && !group.subject.key.equals(key)) {
        leaving
            .computeIfAbsent(group.subject, state -> new LinkedHashMap<>())
            .merge(key, 1, Integer::sum);
      }
    });
    leaving.forEach((subject, targets) -> {
      SubjectState.Key target = targets.keySet().iterator().next();
      if (targets.size() == 1
          && subject.groups == targets.values().iterator().next()
          && !byKey.containsKey(target)) {
        byKey.remove(subject.key);
        subject.key = target;
        byKey.put(target, subject);
        SharedTable old = subject.shared;
        subject.shared = share(target.rules());
        giveUp(old);
        moved.add(subject);
      }
    });
  }

  private SharedTable share(SharedTable.Key key) {
    SharedTable table = tables.get(key);
    if (table == null) {
      table = new SharedTable(key);
      tables.put(key, table);
      remade.add(table);
    }
    table.subjects++;
    return table;
  }

  private void giveUp(SharedTable table) {
    if (--table.subjects == 0) {
      tables.remove(table.key);
      remade.remove(table);
    }
  }

  private void join(PodGroup group, SubjectState.Key key, Dirty dirty) {
    SubjectState subject = byKey.get(key);
    if (subject == null) {
      subject = new SubjectState(numbers.take(key.workload()), key, share(key.rules()));
      byKey.put(key, subject);
      moved.add(subject);
    }
    if (group.subject != subject) {
      subject.groups++;
      leave(group);
      group.subject = subject;
      dirty.localsOf(group);
    }
    if (!subject.shared.isMadeOf(group.selecting)) {
      remade.add(subject.shared);
    }
  }

  private void leave(PodGroup group) {
    SubjectState subject = group.subject;
    group.subject = null;
    if (subject != null && --subject.groups == 0) {
      byKey.remove(subject.key);
      numbers.giveBack(subject.number);
      ended.add(subject);
      moved.remove(subject);
      giveUp(subject.shared);
    }
  }

  /** What became of the subjects. */
  record Settled(Set<SubjectState> changed, Set<SubjectState> ended) {}

  /** Makes the tables follow rules and classes. */
  Settled settle(ClassRegistry classes) {
    List<ClassState> changedClasses = classes.takeChanged();
    Map<SharedTable, List<PolicyState>> policies = new HashMap<>();
    if (!remade.isEmpty()) {
      for (PodGroup group : localGroups) {
        if (group.subject != null) {
          policies.put(group.subject.shared, group.selecting);
        }
      }
    }
    Set<SharedTable> changed = new LinkedHashSet<>();
    for (SharedTable table : tables.values()) {
      if (remade.contains(table)) {
        table.remake(policies.getOrDefault(table, List.of()), classes.all());
        changed.add(table);
      } else if (!changedClasses.isEmpty() && table.follow(changedClasses, classes)) {
        changed.add(table);
      }
    }
    Set<SubjectState> withChange = new LinkedHashSet<>(moved);
    if (!changed.isEmpty()) {
      for (SubjectState subject : byKey.values()) {
        if (changed.contains(subject.shared)) {
          withChange.add(subject);
        }
      }
    }
    Settled settled = new Settled(withChange, Set.copyOf(ended));
    moved.clear();
    remade.clear();
    ended.clear();
    return settled;
  }
}
