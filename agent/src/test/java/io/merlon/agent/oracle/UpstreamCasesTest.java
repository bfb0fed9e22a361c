package io.merlon.agent.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The data-path cases of the upstream Kubernetes suite (kubernetes/kubernetes,
 * test/e2e/network/netpol), each by its upstream name, on the whole grid and in both families.
 */
class UpstreamCasesTest {
  private static final List<Case> CASES =
      Stream.of(
              UpstreamPeerCases.all(),
              UpstreamPortCases.all(),
              UpstreamChangeCases.all(),
              UpstreamEgressCases.all())
          .flatMap(List::stream)
          .toList();

  @TestFactory
  Stream<DynamicTest> answersAsUpstreamExpects() {
    return Case.tests(CASES);
  }

  @Test
  void hasEveryUpstreamCase() {
    assertEquals(48, CASES.stream().map(Case::name).distinct().count());
  }
}
