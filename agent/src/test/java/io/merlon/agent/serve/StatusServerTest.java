package io.merlon.agent.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.interfaces.Link;
import io.merlon.agent.interfaces.LinkEvent;
import io.merlon.agent.loop.AgentLoop;
import io.merlon.agent.loop.AgentView;
import io.merlon.agent.loop.PaperLoop;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The pages over real HTTP, about a loop that enforces nowhere. */
class StatusServerTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private final AgentLoop loop = PaperLoop.make();
  private Duration idle = Duration.ZERO;
  private Duration failing = Duration.ZERO;
  private List<String> missing = List.of();
  private List<String> aside = List.of();
  private Optional<AgentView> view = Optional.of(loop.view());
  private final StatusServer server = start();

  private StatusServer start() {
    StatusPages pages =
        new StatusPages(
            "n1",
            new StatusPages.Sources(
                () -> view,
                () -> idle,
                () -> failing,
                () -> missing,
                Optional::empty,
                () -> aside));
    return ServedHere.now(request -> pages.answer(request.path()));
  }

  @AfterEach
  void close() {
    server.close();
    client.close();
  }

  @Test
  void isReadyOnceAllIsEnforced() throws Exception {
    assertEquals(503, get("/readyz").statusCode());
    assertEquals(
        "not everything is enforced yet: cluster NOTHING, interfaces unknown\n",
        get("/readyz").body());
    tell();
    assertEquals(200, get("/readyz").statusCode());
  }

  /** A restart mends none of it, so that the kubelet is not told to try one. */
  @Test
  void tellsWhatIsWrongBesideItAndStaysWell() throws Exception {
    tell();
    aside = List.of("another agent enforces");
    assertEquals(200, get("/healthz").statusCode());
    assertEquals("ok\nanother agent enforces\n", get("/healthz").body());
    assertTrue(get("/v1/status").body().contains("\"another agent enforces\""));
  }

  @Test
  void isWellButNotReadyWhileItStarts() throws Exception {
    view = Optional.empty();
    assertEquals(200, get("/healthz").statusCode());
    assertEquals("what the kernel holds is being read\n", get("/readyz").body());
    assertEquals(503, get("/v1/status").statusCode());
  }

  @Test
  void isNotWellWhenTheLoopIsStuck() throws Exception {
    assertEquals(200, get("/healthz").statusCode());
    idle = Duration.ofSeconds(61);
    assertEquals(503, get("/healthz").statusCode());
    assertEquals("the loop has been busy for 61 s\n", get("/healthz").body());
  }

  @Test
  void isNotWellWhenTheKernelHasRefusedForLong() throws Exception {
    failing = Duration.ofSeconds(299);
    assertEquals(200, get("/healthz").statusCode());
    failing = Duration.ofMinutes(5);
    assertEquals(503, get("/healthz").statusCode());
    assertEquals("what is told has not been enforced for 300 s\n", get("/healthz").body());
  }

  @Test
  void isNotWellWithoutItsPins() throws Exception {
    missing = List.of("/sys/fs/bpf/merlon/current");
    assertEquals(503, get("/healthz").statusCode());
    assertEquals("not pinned: /sys/fs/bpf/merlon/current\n", get("/healthz").body());
  }

  @Test
  void tellsPodsAndPoliciesWithTheirProblems() throws Exception {
    tell();
    String pods = get("/v1/pods").body();
    assertTrue(pods.contains("\"name\":\"web\""), pods);
    assertTrue(pods.contains("\"attached\":true,\"up_to_date\":true"), pods);
    assertTrue(pods.contains("\"addresses\":[\"10.0.0.1\"]"), pods);
    assertTrue(
        pods.contains(
            "\"policies\":[{\"kind\":\"NetworkPolicy\",\"namespace\":\"shop\",\"name\":\"broken\","
                + "\"seen\":\"7\",\"enforced\":\"7\"}]"),
        pods);
    assertTrue(pods.matches("(?s).*\"seen\":\"([0-9a-f]{12})\",\"enforced\":\"\\1\".*"), pods);
    String policies = get("/v1/policies?pretty").body();
    assertTrue(
        policies.contains("\"name\":\"broken\",\"seen\":\"7\",\"enforced\":\"7\""), policies);
    assertTrue(policies.contains("\"field\":\"spec.ingress[0].from[0].ipBlock.cidr\""), policies);
  }

  @Test
  void theCommandLineReadsTheSamePages() throws Exception {
    tell();
    StatusReport report = StatusClient.ask(server.address());
    assertTrue(
        report.text().matches("(?s).*web enforce attached revision [0-9a-f]{12} enforced\n.*"),
        report.text());
    assertTrue(report.text().contains("WITH PROBLEMS"), report.text());
    assertTrue(report.json().startsWith("{\"status\":{\"node\":\"n1\""), report.json());
    assertEquals(false, report.isWell());
  }

  @Test
  void theCommandLineSaysWhatOfAPodIsNotEnforced() {
    StatusReport report =
        new StatusReport(
            "{\"node\":\"n1\",\"enforcing\":true,\"problems\":[]}",
            """
            {"pods":[{"namespace":"shop","name":"web","mode":"enforce","attached":true,
            "up_to_date":false,"seen":"bb","enforced":"aa","policies":[
            {"kind":"NetworkPolicy","namespace":"shop","name":"old","seen":"1","enforced":"1"},
            {"kind":"ClusterNetworkPolicy","namespace":"","name":"new","seen":"2","enforced":""}],
            "problems":[]}],"unknown_interfaces":[]}\
            """,
            "{\"policies\":[]}");
    assertTrue(
        report
            .text()
            .contains(
                """
                  shop/web enforce attached NOT UP TO DATE revision bb NOT ENFORCED (is: aa)
                    ClusterNetworkPolicy new revision 2 NOT ENFORCED (is: none)
                """),
        report.text());
  }

  @Test
  void answersNothingElse() throws Exception {
    assertEquals(404, get("/v1/secrets").statusCode());
    HttpRequest post =
        HttpRequest.newBuilder(uri("/v1/status"))
            .POST(HttpRequest.BodyPublishers.ofString("x"))
            .build();
    assertEquals(405, client.send(post, HttpResponse.BodyHandlers.ofString()).statusCode());
  }

  @Test
  void aPortInUseIsAnError() {
    IOException e =
        assertThrows(
            IOException.class,
            () ->
                StatusServer.start(
                    server.address(),
                    _ -> CompletableFuture.completedFuture(Response.text(200, ""))));
    assertTrue(String.valueOf(e.getMessage()).startsWith("cannot listen on"), e.toString());
  }

  private void tell() {
    NetworkPolicy broken =
        new NetworkPolicy(
            "shop",
            "broken",
            "u",
            "7",
            LabelSelector.EVERYTHING,
            null,
            List.of(
                new NetworkPolicy.Rule(
                    List.of(
                        new NetworkPolicy.Peer(
                            null, null, new NetworkPolicy.IpBlock("10.0.0.0/99", List.of()))),
                    null)),
            null);
    String name =
        io.merlon.agent.interfaces.VpcCniNaming.EKS.hostInterface(
            new io.merlon.agent.identity.PodRef("shop", "web"));
    loop.doWork(
        PaperLoop.all(
            List.of(
                PaperLoop.pod("web", "web", "10.0.0.1", null),
                new ClusterEvent.PutNetworkPolicy(broken)),
            new LinkEvent.Appeared(new Link(5, name, "veth", "", true, null))));
    view = Optional.of(loop.view());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }
}
