package io.merlon.agent.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The generated case families of Cyclonus (mattfenwick/cyclonus), rebuilt: pod selector by
 * namespace selector by CIDR by port by protocol, per direction. What is expected comes from a
 * meaning written beside each part, not from reading the policy.
 */
class CyclonusFamiliesTest {
  /** The thirteen that Cyclonus takes from the upstream suite; they run again here. */
  private static final Set<String> UPSTREAM =
      Set.of(
          "should support a 'default-deny-ingress' policy",
          "should support a 'default-deny-all' policy",
          "should enforce policy based on Multiple PodSelectors and NamespaceSelectors",
          "should enforce multiple, stacked policies with overlapping podSelectors",
          "should support allow-all policy",
          "should allow ingress access on one named port",
          "should enforce updated policy",
          "should allow ingress access from updated namespace",
          "should allow ingress access from updated pod",
          "should deny ingress access to updated pod",
          "should work with Ingress, Egress specified together",
          "should support denying of egress traffic on the client side (even if the server explicitly"
              + " allows this traffic)",
          "should stop enforcing policies after they are deleted");

  private static final List<Case> CASES =
      Stream.of(
              CyclonusCases.peers(),
              CyclonusCases.ports(),
              CyclonusCases.rules(),
              CyclonusCases.targets(),
              CyclonusCases.namespaces(),
              CyclonusConflicts.all(),
              CyclonusActions.all(),
              upstream())
          .flatMap(List::stream)
          .toList();

  private static List<Case> upstream() {
    return Stream.of(
            UpstreamPeerCases.all(),
            UpstreamPortCases.all(),
            UpstreamChangeCases.all(),
            UpstreamEgressCases.all())
        .flatMap(List::stream)
        .filter(c -> UPSTREAM.contains(c.name()))
        .toList();
  }

  @TestFactory
  Stream<DynamicTest> answersAsTheModelExpects() {
    return Case.tests(CASES);
  }

  @Test
  void hasEveryCaseOfEveryFamily() {
    assertEquals(112, CyclonusCases.peers().size());
    assertEquals(70, CyclonusCases.ports().size());
    assertEquals(16, CyclonusConflicts.all().size());
    assertEquals(230, CASES.size());
    assertEquals(230, CASES.stream().map(Case::name).distinct().count());
  }
}
