package io.merlon.agent.compile;

import io.merlon.agent.policy.PortMatch.NamedPort;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes a subject's rows of one direction, one for all classes the subject cannot tell apart. */
final class RowMaker {
  private final RowBuilder builder;
  private final BitSet tests = new BitSet();
  private final Set<NamedPort> names = new HashSet<>();
  private final Map<ClassKey, Row> made = new HashMap<>();
  private final Map<Row, Row> shared;

  RowMaker(SubjectRules rules, Map<Row, Row> shared) {
    this.builder = new RowBuilder(rules);
    this.shared = shared;
    note(rules.admin());
    note(rules.accepting());
    note(rules.baseline());
  }

  private void note(List<TestedRule> rules) {
    for (TestedRule rule : rules) {
      if (rule.test() != TestedRule.ANYONE) {
        tests.set(rule.test());
      }
      rule.ports().stream()
          .filter(NamedPort.class::isInstance)
          .map(NamedPort.class::cast)
          .forEach(names::add);
    }
  }

  Row row(ClassKey key) {
    return made.computeIfAbsent(
        seen(key), seen -> shared.computeIfAbsent(builder.build(seen.signatures()), row -> row));
  }

  /** As much of a class as this subject's rules can see. */
  private ClassKey seen(ClassKey key) {
    List<Signature> signatures = key.signatures();
    if (signatures.size() == 1) {
      return ClassKey.of(seen(signatures.getFirst()));
    }
    List<Signature> seen = new ArrayList<>(signatures.size());
    signatures.forEach(signature -> seen.add(seen(signature)));
    return ClassKey.of(seen);
  }

  private Signature seen(Signature signature) {
    int[] all = signature.tests();
    int count = 0;
    for (int test : all) {
      count += tests.get(test) ? 1 : 0;
    }
    int[] passed = new int[count];
    for (int test : all) {
      if (tests.get(test)) {
        passed[passed.length - count--] = test;
      }
    }
    List<PortAnswer> ports = signature.ports();
    if (!ports.isEmpty()) {
      ports = ports.stream().filter(port -> names.stream().anyMatch(port::answers)).toList();
    }
    return new Signature(passed, ports);
  }
}
