package io.merlon.agent.oracle;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every numbered item of the specification, and its nasty ones, with verdicts written by hand. */
class NastyCasesTest {
  private static final List<Case> CASES =
      Stream.of(
              SemanticsRuleCases.all(),
              SemanticsAddressCases.all(),
              SemanticsStateCases.all(),
              TierCases.all(),
              NastyCases.all())
          .flatMap(List::stream)
          .toList();

  @TestFactory
  Stream<DynamicTest> answersAsTheSpecificationSays() {
    return Case.tests(CASES);
  }

  /** The cases are no weaker than the random worlds: each known mistake breaks one of them. */
  @TestFactory
  Stream<DynamicTest> breaksOnEveryKnownMistake() {
    return WrongReadings.all().stream()
        .map(wrong ->
            DynamicTest.dynamicTest(
                wrong.item(),
                () ->
                    assertTrue(
                        CASES.stream().anyMatch(c -> breaks(c, wrong)),
                        "no case breaks on a wrong reading")));
  }

  private static boolean breaks(Case c, PolicyEngine wrong) {
    try {
      c.body().accept(wrong);
      return false;
    } catch (AssertionError e) {
      return true;
    }
  }

  @Test
  void citesEveryItem() {
    Stream<String> policies = IntStream.rangeClosed(1, 28).mapToObj(i -> "NP-" + i);
    Stream<String> tiers = IntStream.rangeClosed(1, 8).mapToObj(i -> "Tiers " + i);
    Stream.concat(policies, tiers)
        .forEach(item ->
            assertTrue(
                CASES.stream().anyMatch(c -> c.name().startsWith(item + " ")),
                "no case for " + item));
  }
}
