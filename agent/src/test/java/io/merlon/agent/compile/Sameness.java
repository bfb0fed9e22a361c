package io.merlon.agent.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.Cidr;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.Protocol;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Whether two compilations mean the same, but for the numbers they give to classes and subjects.
 */
final class Sameness {
  private final CompiledPolicy expected;
  private final CompiledPolicy actual;
  private final Map<Integer, Integer> classes = new HashMap<>();
  private final Map<Integer, Integer> subjects = new HashMap<>();

  private Sameness(CompiledPolicy expected, CompiledPolicy actual) {
    this.expected = expected;
    this.actual = actual;
  }

  static void assertSame(CompiledPolicy expected, CompiledPolicy actual) {
    new Sameness(expected, actual).check();
  }

  private void check() {
    assertEquals(expected.problems(), actual.problems());
    assertEquals(expected.nodes(), actual.nodes());
    checkAddresses();
    checkServices();
    checkPods();
    checkTables();
  }

  private void pairClasses(String where, int wanted, int is) {
    assertEquals(wanted == PeerClass.ANY, is == PeerClass.ANY, where + ": any-class");
    assertEquals(wanted == PeerClass.OWN_NODE, is == PeerClass.OWN_NODE, where + ": own node");
    assertEquals(is, classes.merge(wanted, is, (a, b) -> a), where + ": class");
  }

  private void checkAddresses() {
    AddressBook wanted = expected.addresses();
    AddressBook is = actual.addresses();
    assertEquals(wanted.exact().keySet(), is.exact().keySet());
    assertEquals(wanted.prefixes().keySet(), is.prefixes().keySet());
    for (Address address : wanted.exact().keySet()) {
      pairClasses(address.toString(), wanted.classOf(address), is.classOf(address));
    }
    for (Cidr prefix : wanted.prefixes().keySet()) {
      pairClasses(
          prefix.toString(),
          Objects.requireNonNull(wanted.prefixes().get(prefix)),
          Objects.requireNonNull(is.prefixes().get(prefix)));
    }
    assertEquals(
        classes.size(), classes.values().stream().distinct().count(), "one number per class");
  }

  private void checkServices() {
    assertEquals(expected.services().keySet(), actual.services().keySet());
    expected
        .services()
        .forEach((key, target) -> {
          ServiceTarget is = Objects.requireNonNull(actual.services().get(key));
          if (target instanceof ServiceTarget.Uniform wanted) {
            ServiceTarget.Uniform uniform = (ServiceTarget.Uniform) is;
            pairClasses(key.toString(), wanted.peerClass(), uniform.peerClass());
            assertEquals(wanted.port(), uniform.port());
          } else {
            assertEquals(target, is, key.toString());
          }
        });
  }

  private void checkPods() {
    assertEquals(expected.pods().keySet(), actual.pods().keySet());
    for (Map.Entry<PodRef, LocalPod> entry : expected.pods().entrySet()) {
      LocalPod wanted = entry.getValue();
      LocalPod is = Objects.requireNonNull(actual.pods().get(entry.getKey()));
      assertEquals(wanted.identity(), is.identity());
      assertEquals(wanted.mode(), is.mode());
      assertEquals(wanted.uid(), is.uid());
      assertEquals(wanted.workload(), is.workload());
      assertEquals(wanted.node(), is.node());
      assertEquals(wanted.addresses(), is.addresses());
      assertEquals(
          is.subject(),
          subjects.merge(wanted.subject(), is.subject(), (a, b) -> a),
          entry.getKey() + ": subject");
    }
    assertEquals(expected.tables().size(), actual.tables().size(), "tables");
    assertEquals(actual.tables().keySet(), actual.selecting().keySet());
    assertEquals(subjects.size(), subjects.values().stream().distinct().count(), "subjects");
  }

  private void checkTables() {
    assertTrue(subjects.size() <= expected.tables().size());
    classes.put(PeerClass.ANY, PeerClass.ANY);
    for (Map.Entry<Integer, Integer> subject : subjects.entrySet()) {
      assertEquals(
          expected.selecting().get(subject.getKey()), actual.selecting().get(subject.getValue()));
      VerdictTable wanted = expected.table(subject.getKey());
      VerdictTable is = actual.table(subject.getValue());
      for (Map.Entry<Integer, Integer> peerClass : classes.entrySet()) {
        for (Direction direction : Direction.values()) {
          Row row = is.row(peerClass.getValue(), direction);
          assertEquals(wanted.row(peerClass.getKey(), direction), row);
          checkDecisions(row);
        }
      }
    }
  }

  private void checkDecisions(Row row) {
    for (Protocol protocol : Protocol.values()) {
      for (Row.Interval interval : row.intervals(protocol)) {
        Decision decision = interval.decision();
        assertEquals(decision, actual.decisions().get(decision.cookie()));
      }
    }
  }
}
