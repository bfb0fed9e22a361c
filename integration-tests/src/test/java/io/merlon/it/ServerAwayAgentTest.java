package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.it.Client.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The API server is away for a while, in which the agent even ends and begins again. */
class ServerAwayAgentTest {
  private static final Duration AWAY = Duration.ofSeconds(Sizes.pick(4, 300));
  private static final Duration BACK = Duration.ofSeconds(60);

  private static String meta(String namespace, String name, String labels) {
    return """
    "metadata":{"name":"%s","namespace":"%s","uid":"u","resourceVersion":"VERSION","labels":{%s}}\
    """
        .formatted(name, namespace, labels);
  }

  private static void namespace(SmallApiServer server, String name) {
    server.put("namespaces", name, meta("", name, "\"name\":\"" + name + "\""));
  }

  private static Pod pod(SmallApiServer server, PodNetwork network, String namespace, String name) {
    Pod pod = network.addPod(namespace, name);
    server.put(
        "pods",
        namespace + "/" + name,
        """
        %s,"spec":{"nodeName":"node-a"},"status":{"phase":"Running","podIP":"%s",
        "podIPs":[{"ip":"%s"},{"ip":"%s"}]}\
        """
            .formatted(
                meta(namespace, name, "\"app\":\"" + name + "\""),
                pod.v4().getHostAddress(),
                pod.v4().getHostAddress(),
                pod.v6().getHostAddress()));
    return pod;
  }

  private static void policy(SmallApiServer server, String ingress) {
    server.put(
        "networkpolicies",
        "payments/only",
        """
        %s,"spec":{"podSelector":{},"policyTypes":["Ingress"],"ingress":[%s]}\
        """
            .formatted(meta("payments", "only", ""), ingress));
  }

  @Test
  void enforcementGoesOnAndCatchesUp() throws IOException {
    try (PodNetwork network = PodNetwork.create(1);
        SmallApiServer server = new SmallApiServer(network.node());
        AgentProcess agent =
            new AgentProcess(
                network.node(),
                "node-a",
                "kubernetes",
                List.of("--kubeconfig=" + server.kubeconfig(), "--kubernetes-events=false"))) {
      namespace(server, "payments");
      namespace(server, "frontend");
      server.put("nodes", "node-a", meta("", "node-a", ""));
      Pod api = pod(server, network, "payments", "api");
      Pod web = pod(server, network, "frontend", "web");
      policy(
          server,
          """
          {"from":[{"namespaceSelector":{"matchLabels":{"name":"frontend"}}}],
          "ports":[{"protocol":"TCP","port":8080}]}\
          """);
      server.come();
      agent.start();
      try (Chat chat = Chat.tcp(web, api, true, Mission.PORT);
          EchoServer closed = Expect.serve(api, false, Mission.PORT + 1)) {
        enforced(chat, web, closed);
        server.go();
        whileAway(agent, chat, web, closed);
        policy(
            server,
            """
            {"from":[{"namespaceSelector":{}}],"ports":[{"protocol":"TCP","port":8081}]}\
            """);
        server.come();
        long back = System.nanoTime();
        Await.until(
            "the new policy is enforced",
            BACK,
            () -> Expect.hasty(web).tcp(closed.address()) == Outcome.ANSWERED);
        System.out.printf(
            "server away: in force %d ms after it came back%n",
            (System.nanoTime() - back) / 1_000_000);
        Expect.cut(List.of(chat), System.nanoTime());
      }
    }
  }

  private static void enforced(Chat chat, Pod web, EchoServer closed) {
    Expect.talking(List.of(chat));
    assertEquals(Outcome.SILENT, Expect.hasty(web).tcp(closed.address()));
    assertEquals(0, closed.accepted());
  }

  private static void whileAway(AgentProcess agent, Chat chat, Pod web, EchoServer closed) {
    long end = System.nanoTime() + AWAY.toNanos();
    do {
      enforced(chat, web, closed);
    } while (System.nanoTime() < end);
    Await.until(
        "the status says how old the news are",
        Expect.PATIENT,
        () -> agent.get("/metrics").contains("merlon_cluster_staleness_seconds"));
    assertTrue(agent.get("/healthz").startsWith("HTTP/1.1 200"), "it is well all the same");
    agent.kill();
    agent.launch();
    Await.until(
        "the next agent is there, and waits",
        BACK,
        () -> agent.get("/readyz").startsWith("HTTP/1.1 503"));
    enforced(chat, web, closed);
  }
}
