package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Numbers of a scenario on a cluster: printed, and kept for docs/design/cluster-evidence.md. */
final class Evidence {
  private static final Path FOLDER = Path.of("target/cluster-evidence");

  private final String scenario;
  private final Path file;
  private final List<String> rows = new ArrayList<>();

  /**
   * @param order of the scenario in the document
   */
  Evidence(int order, String scenario) {
    this.scenario = scenario;
    this.file = FOLDER.resolve("%02d.md".formatted(order));
  }

  /** A number without a budget. */
  void is(String what, String number) {
    is(what, number, "");
  }

  /**
   * A time that is to be no longer than this.
   *
   * @param budget how the limit is told
   */
  void within(String what, long millis, long limit, String budget) {
    is(what, millis + " ms", budget);
    assertTrue(millis <= limit, "%s: %d ms of %s".formatted(what, millis, budget));
  }

  void is(String what, String number, String budget) {
    System.out.printf(
        "%s: %s: %s%s%n",
        scenario, what, number, budget.isEmpty() ? "" : " (budget " + budget + ")");
    rows.add(
        "| %s | %s | %s | %s |".formatted(rows.isEmpty() ? scenario : "", what, number, budget));
    try {
      Files.createDirectories(FOLDER);
      Files.write(file, rows);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
