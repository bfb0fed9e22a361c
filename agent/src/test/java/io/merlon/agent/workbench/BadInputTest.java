package io.merlon.agent.workbench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.MerlonProcess;
import io.merlon.agent.MerlonProcess.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is wrong in a folder is told with file, line and reason; the rest is answered. */
class BadInputTest {
  private static final Path PAYMENTS = Path.of("../docs/examples/payments");
  private static final Path INVALID = Path.of("src/test/resources/manifests/invalid");
  private static final Path GOLDEN = Path.of("src/test/resources/golden/matrix.txt");
  private static final int FILES = 5000;

  @TempDir Path folder;

  @BeforeEach
  void copy() throws IOException {
    for (String file : List.of("namespaces.yaml", "pods.yaml", "policies.yaml")) {
      Files.copy(PAYMENTS.resolve(file), folder.resolve(file));
    }
  }

  @Test
  void ofABrokenFileTheWholeDocumentsCount() throws Exception {
    write(
        "broken.yaml",
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: closed, namespace: web}
        spec: {podSelector: {}}
        ---
        kind: [1
        """);
    Run run = matrix();
    assertTells(run, "broken.yaml", 7, "error: cannot be parsed: expected ',' or ']'");
    assertTrue(run.printed().contains(" 4 web/frontend           + i i +"), run.printed());
    assertTrue(run.printed().contains(" 1 guests/intruder        + i i i"), run.printed());
  }

  @Test
  void ofTwoObjectsOfOneNameTheLastCounts() throws Exception {
    String policy =
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: twice, namespace: web}
        spec: {podSelector: {}, ingress: %s}
        """;
    write("twice.yaml", policy.formatted("[]") + "---\n" + policy.formatted("[{}]"));
    Run run = matrix();
    assertTells(
        run,
        "twice.yaml",
        6,
        "error: NetworkPolicy web/twice: replaces the object of the same name at "
            + folder.resolve("twice.yaml")
            + ":1");
    assertEquals(Files.readString(GOLDEN), run.printed());
  }

  @Test
  void anUnknownFieldIsNamed() throws Exception {
    write(
        "misspelt.yaml",
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: another, namespace: web}
        spec:
          hostNetwrok: true
          containers: []
        """);
    Run run = matrix();
    assertTells(
        run, "misspelt.yaml", 5, "warning: Pod web/another: spec.hostNetwrok: unknown field");
    assertTrue(run.printed().contains("web/another"), run.printed());
  }

  @Test
  void everyInvalidPieceOfANetworkPolicyIsTold() throws Exception {
    Files.copy(INVALID.resolve("network-policy.yaml"), folder.resolve("invalid.yaml"));
    Run run = matrix();
    assertEquals(17, run.errors().lines().count(), run.errors());
    String policy = "error: NetworkPolicy web/everything-wrong: spec.";
    assertTells(run, 6, policy + "policyTypes[1]: unknown policy type");
    assertTells(run, 9, policy + "ingress[0].from[0]: empty peer");
    assertTells(run, 10, policy + "ingress[0].from[1]: ipBlock beside a selector");
    assertTells(run, 11, policy + "ingress[0].from[2].ipBlock.cidr: not a cidr");
    assertTells(run, 12, policy + "ingress[0].from[3].ipBlock.except[0]: not a cidr");
    assertTells(
        run,
        13,
        policy + "ingress[0].from[4].podSelector.matchExpressions[0].operator: unknown operator");
    assertTells(
        run, 14, policy + "ingress[0].from[5].podSelector.matchExpressions[0].values: no values");
    assertTells(
        run,
        15,
        policy + "ingress[0].from[6].namespaceSelector.matchExpressions[0].values: values given");
    assertTells(run, 17, policy + "ingress[0].ports[0].port: no such port: 0");
    assertTells(run, 18, policy + "ingress[0].ports[1].port: no such port: 70000");
    assertTells(run, 19, policy + "ingress[0].ports[2].endPort: no such ports: 90 to 80");
    assertTells(run, 20, policy + "ingress[0].ports[3].endPort: endPort needs a numeric port");
    assertTells(run, 21, policy + "ingress[0].ports[4].endPort: endPort without port");
    assertTells(run, 22, policy + "ingress[0].ports[5].port: not a port name");
    assertTells(run, 23, policy + "ingress[0].ports[6].protocol: unknown protocol \"ICMP\"");
    assertTells(run, 24, policy + "ingress[0].ports[7].protocol: unknown protocol \"tcp\"");
    assertTells(run, 29, policy + "egress[0].to[0].ipBlock.cidr: not a cidr");
    // Its one valid rule still counts; both directions are closed but for that.
    assertTrue(
        explain("guests/intruder", "web/frontend", "8000/tcp").printed().contains("allowed"));
    assertEquals(3, explain("guests/intruder", "web/frontend", "80/tcp").code());
    assertEquals(3, explain("web/frontend", "guests/intruder", "80/tcp").code());
  }

  @Test
  void everyInvalidPieceOfAClusterNetworkPolicyIsTold() throws Exception {
    Files.copy(INVALID.resolve("cluster-network-policy.yaml"), folder.resolve("invalid.yaml"));
    Run run = matrix();
    String policy = "error: ClusterNetworkPolicy also-wrong: spec.";
    assertTells(run, 5, policy + "tier: unknown tier \"Emperor\"");
    assertTells(run, 6, policy + "priority: not from 0 to 1000: 2000");
    assertTells(run, 7, policy + "subject: exactly one of namespaces and pods");
    assertTells(run, 9, policy + "ingress[0].action: unknown action \"Maybe\"");
    assertTells(run, 10, policy + "ingress[1].from[0]: unknown kind of peer");
    assertTells(run, 12, policy + "egress[0].to[0]: unknown kind of peer: domainNames");
  }

  @Test
  void fiveThousandFilesAreReadAndTheTwoBadOnesNamed() throws Exception {
    for (int i = 1; i <= FILES; i++) {
      write(
          "many/%04d.yaml".formatted(i),
          """
          apiVersion: networking.k8s.io/v1
          kind: NetworkPolicy
          metadata: {name: p%d, namespace: guests}
          spec: {podSelector: {}, ingress: [{ports: [{port: %d}]}]}
          """
              .formatted(i, i == 2500 ? 0 : i));
    }
    write("many/3000.yaml", "kind: [");
    Run run = matrix();
    assertEquals(2, run.errors().lines().count(), run.errors());
    assertTells(run, "many/3000.yaml", 1, "error: cannot be parsed");
    assertTells(run, "many/2500.yaml", 4, "error: NetworkPolicy guests/p2500: spec.ingress[0]");
    assertTrue(
        explain("web/frontend", "guests/intruder", "4999/tcp").printed().contains("allowed"));
    assertEquals(3, explain("web/frontend", "guests/intruder", "3000/tcp").code());
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private Run matrix() throws IOException, InterruptedException {
    Run run = MerlonProcess.run("matrix", "--manifests", folder.toString());
    assertEquals(0, run.code(), run.all());
    return run;
  }

  private Run explain(String from, String to, String port)
      throws IOException, InterruptedException {
    return MerlonProcess.run(
        "explain", "--manifests", folder.toString(), "--from", from, "--to", to, "--port", port);
  }

  private void assertTells(Run run, int line, String text) {
    assertTells(run, "invalid.yaml", line, text);
  }

  private void assertTells(Run run, String file, int line, String text) {
    String start = folder.resolve(file) + ":" + line + ": " + text;
    assertTrue(
        run.errors().lines().anyMatch(told -> told.startsWith(start)),
        "not told: " + start + "\n" + run.errors());
  }
}
