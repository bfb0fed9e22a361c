package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.it.Client.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the security team asks: who was denied what, by whom, and is what is enforced right? */
class FlowsAgentTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Pattern ID = Pattern.compile("\\[([0-9a-z-]+)]");

  @TempDir private Path folder = Path.of("");
  private AgentNode node;
  private Pod api;
  private Pod web;
  private Pod stranger;

  @BeforeEach
  void start() {
    node = new AgentNode("--flow-ends=1", "--http-address=127.0.0.1:9469", "--socket=" + socket());
    node.namespace("payments", "name: payments", "");
    node.namespace("frontend", "name: frontend", "");
    node.namespace("guests", "name: guests", "");
    api = node.pod("payments", "api", "app: payments-api");
    web = node.pod("frontend", "web", "app: web");
    stranger = node.pod("guests", "stranger", "app: stranger");
    node.write("default-deny", Mission.DEFAULT_DENY);
    node.write("allow-frontend", Mission.ALLOW_FRONTEND);
    node.agent().start();
  }

  @AfterEach
  void close() {
    node.close();
  }

  private Path socket() {
    return folder.resolve("agent.sock");
  }

  private String flows(String... more) {
    String[] command = new String[more.length + 3];
    command[0] = "flows";
    command[1] = "--http-address=none";
    command[2] = "--socket=" + socket();
    System.arraycopy(more, 0, command, 3, more.length);
    return node.agent().run(command).output();
  }

  @Test
  void aDenialIsToldByNameAndExplained() {
    try (EchoServer server = Expect.serve(api, false, Mission.PORT)) {
      assertEquals(Outcome.ANSWERED, Expect.patient(web).tcp(server.address()));
      assertEquals(Outcome.SILENT, Expect.hasty(stranger).tcp(server.address()));
    }
    Await.until(
        "the denial is told",
        SOON,
        () -> flows("--denied", "--from=guests", "--since=5m").contains("payments/api:8080"));
    String denied = flows("--denied");
    assertTrue(
        denied.contains("denied     ingress guests/stranger") && denied.contains("default-deny"),
        denied);
    Matcher id = ID.matcher(denied);
    assertTrue(id.find(), denied);
    Command why = node.agent().run("why", "--socket=" + socket(), id.group(1));
    assertEquals(0, why.exit(), why.output());
    assertTrue(why.output().contains("NetworkPolicy payments/default-deny"), why.output());
    assertTrue(why.output().contains("now: denied by default-deny"), why.output());
    String metrics = node.agent().get("/metrics");
    assertTrue(
        metrics
            .lines()
            .anyMatch(line ->
                line.startsWith("merlon_denied_packets_by_peer_total{")
                    && line.contains("peer=\"stranger\"")
                    && line.contains("workload=\"api\"")),
        metrics);
  }

  @Test
  void theEndOfAConnectionSaysHowMuchItCarried() throws IOException {
    try (EchoServer server = Expect.serve(api, true, Mission.PORT)) {
      assertEquals(Outcome.ANSWERED, Expect.patient(web).tcp(server.address()));
    }
    Pattern end =
        Pattern.compile(
            ".*\"record\":\"end\",\"verdict\":\"allowed\".*\"direction\":\"ingress\".*"
                + "\"name\":\"web\".*\"name\":\"api\".*\"packets\":[1-9].*\"reply_packets\":[1-9].*");
    Await.until(
        "the end is told",
        SOON,
        () -> flows("-o", "json").lines().anyMatch(line -> end.matcher(line).matches()));
    assertTrue(Files.exists(socket()));
  }

  @Test
  void whatIsEnforcedIsVerifiedBesideTheAgent() {
    Command verify =
        node.agent()
            .run(
                "verify",
                "--source=folder:" + node.cluster().path(),
                "--node-name=node-a",
                "--pin-root=" + node.agent().pins());
    assertEquals(0, verify.exit(), verify.output());
    assertTrue(verify.output().contains("3 pods"), verify.output());
  }
}
