package io.merlon.agent.workbench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.MerlonProcess;
import io.merlon.agent.MerlonProcess.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The workbench's commands on the payments example, held to what they printed when reviewed. */
class WorkbenchTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final String RISKY = "src/test/resources/manifests/risky";
  private static final String ACCEPTED = "src/test/resources/manifests/accepted.txt";
  private static final String PAYMENTS = "../docs/examples/payments";

  @Test
  void showsWhoMayReachWhom() throws Exception {
    golden("matrix.txt", 0, "matrix", "--manifests", PAYMENTS);
  }

  @Test
  void showsWhoMayReachWhomAsJson() throws Exception {
    golden(
        "matrix.json",
        0,
        "matrix",
        "--manifests",
        PAYMENTS,
        "--json",
        "--ports",
        "8080/tcp,53/udp",
        "--external",
        "203.0.113.7",
        "--external",
        "2001:db8::7");
  }

  @Test
  void explainsWhatARuleAllows() throws Exception {
    golden(
        "explain-allowed.txt",
        0,
        "explain",
        "--manifests",
        PAYMENTS,
        "--from",
        "web/frontend",
        "--to",
        "payments/payments-api",
        "--port",
        "8080/tcp");
  }

  @Test
  void explainsADenialByTheRuleThatNearlyAllowedIt() throws Exception {
    golden(
        "explain-denied.txt",
        3,
        "explain",
        "--manifests",
        PAYMENTS,
        "--from",
        "guests/intruder",
        "--to",
        "payments/payments-api",
        "--port",
        "8080/tcp");
  }

  @Test
  void explainsADenialAsJson() throws Exception {
    golden(
        "explain-denied.json",
        3,
        "explain",
        "--manifests",
        PAYMENTS,
        "--json",
        "--from",
        "payments/payments-api",
        "--to",
        "203.0.113.7",
        "--port",
        "443");
  }

  @Test
  void showsWhatAnEditOpensAndCloses(@TempDir Path edited) throws Exception {
    copy(edited, "namespaces.yaml", "pods.yaml");
    Path policies = Path.of("src/test/resources/manifests/edited-policies.yaml");
    Files.copy(policies, edited.resolve("policies.yaml"));
    golden("diff-opens.txt", 4, "diff", "--from", PAYMENTS, "--to", edited.toString());
    golden(
        "diff-closes.md", 0, "diff", "--to", PAYMENTS, "--from", edited.toString(), "--markdown");
    golden("diff-opens.json", 4, "diff", "--from", PAYMENTS, "--to", edited.toString(), "--json");
    golden("diff-nothing.txt", 0, "diff", "--from", PAYMENTS, "--to", PAYMENTS);
  }

  @Test
  void reportsWhatIsInvalidOrRisky() throws Exception {
    for (String format : List.of("text", "json", "sarif", "junit")) {
      golden("check." + format, 6, "check", "--manifests", RISKY, "--format", format);
    }
  }

  @Test
  void leavesOutWhatIsAcceptedAndNamesWhatNeedsNoAccepting() throws Exception {
    Run run =
        MerlonProcess.run(
            "check", "--manifests", RISKY, "--suppressions", ACCEPTED, "--fail-on", "never");
    assertEquals(0, run.code(), run.all());
    assertEquals(
        withoutRule("open-to-world", Files.readString(GOLDEN.resolve("check.text"))),
        run.printed());
    assertEquals(ACCEPTED + ":3: suppresses nothing\n", run.errors());
  }

  @Test
  void failsOnTheLevelItIsTold() throws Exception {
    assertEquals(0, MerlonProcess.run("check", "--manifests", PAYMENTS).code());
    assertEquals(
        6, MerlonProcess.run("check", "--manifests", PAYMENTS, "--fail-on", "note").code());
  }

  private static String withoutRule(String rule, String report) {
    return report
        .lines()
        .filter(line -> !line.endsWith("[" + rule + "]"))
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }

  @Test
  void aQuestionThatMakesNoSenseIsAUsageError() throws Exception {
    assertSays("did you mean web/frontend?", explain("shop/frontend", "8.8.8.8", "80"));
    assertSays("'80/icmp' is no port", explain("web/frontend", "8.8.8.8", "80/icmp"));
    assertSays("no service payments/db", explain("web/frontend", "svc/payments/db", "80"));
    assertSays("no such folder", MerlonProcess.run("matrix", "--manifests", "no/such/folder"));
  }

  @Test
  void answersTheRestWhereAManifestIsBroken(@TempDir Path folder) throws Exception {
    copy(folder, "namespaces.yaml", "pods.yaml", "policies.yaml");
    Files.writeString(folder.resolve("broken.yaml"), "a: [1\n---\nkind: {\n");
    Run run = MerlonProcess.run("matrix", "--manifests", folder.toString());
    assertEquals(0, run.code(), run.all());
    assertEquals(Files.readString(GOLDEN.resolve("matrix.txt")), run.printed());
    assertTrue(run.errors().contains("broken.yaml:2: error"), run.errors());
  }

  private static void copy(Path folder, String... files) throws IOException {
    for (String file : files) {
      Files.copy(Path.of(PAYMENTS, file), folder.resolve(file));
    }
  }

  private static Run explain(String from, String to, String port)
      throws IOException, InterruptedException {
    return MerlonProcess.run(
        "explain", "--manifests", PAYMENTS, "--from", from, "--to", to, "--port", port);
  }

  private static void assertSays(String expected, Run run) {
    assertEquals(2, run.code(), run.all());
    assertTrue(run.errors().contains(expected), run.errors());
  }

  private static void golden(String file, int code, String... arguments)
      throws IOException, InterruptedException {
    Run run = MerlonProcess.run(arguments);
    assertEquals(Files.readString(GOLDEN.resolve(file)), run.printed(), run.errors());
    assertEquals(code, run.code());
    assertEquals("", run.errors());
  }
}
