package io.merlon.agent.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.RunningAgent;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.interfaces.VpcCniNaming;
import io.merlon.bpf.ClsactFilter;
import io.merlon.bpf.Direction;
import io.merlon.bpf.Interfaces;
import io.merlon.bpf.TcxLink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real agent, fed by an API server that comes and goes. */
final class RunningAgentTest {
  private static final PodRef WEB = new PodRef("shop", "web");
  private static final String STATUS =
      "'status':{'phase':'Running','podIP':'10.0.0.1','podIPs':[{'ip':'10.0.0.1'}]}";
  private static final String POLICY =
      "'spec':{'podSelector':{},'policyTypes':['Ingress'],"
          + "'ingress':[{'from':[{'ipBlock':{'cidr':'10.0.0.0/99'}}]}]}";
  private static final String SET_BY_KUBECTL =
      "'annotations':{'merlon.io/mode':'audit'},'managedFields':[{'manager':'kubectl-annotate',"
          + "'operation':'Update','time':'2026-03-02T09:00:00Z','fieldsType':'FieldsV1',"
          + "'fieldsV1':{'f:metadata':{'f:annotations':{'f:merlon.io/mode':{}}}}}]";

  @TempDir Path folder;
  private final RunningAgent agent = new RunningAgent();
  private final TestApiServer server = agent.node().call(TestApiServer::new);
  private final List<String> events = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    agent.close();
    server.close();
  }

  private int link() {
    String name = VpcCniNaming.EKS.hostInterface(WEB);
    agent.node().ip("link add " + name + " type veth peer name pod0");
    return agent.node().call(() -> Interfaces.index(name));
  }

  private void namespace(String meta) {
    server.put(WatchedKind.NAMESPACES, "", "shop", meta, "");
  }

  private String start() throws IOException {
    server.trouble(
        Integer.MAX_VALUE,
        request -> request.startsWith("/apis/events.k8s.io/"),
        (request, exchange) -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          events.add(new String(body, StandardCharsets.UTF_8));
          return TestApiServer.answer(201, "{}").handle(request, exchange);
        });
    server.put(
        WatchedKind.NODES,
        "",
        RunningAgent.NODE,
        "'status':{'addresses':[{'type':'InternalIP','address':'10.1.1.1'}]}");
    namespace("");
    server.put(
        WatchedKind.PODS,
        "shop",
        "web",
        "'spec':{'nodeName':'" + RunningAgent.NODE + "'}," + STATUS);
    Path kubeconfig = folder.resolve("kubeconfig");
    Files.writeString(kubeconfig, server.kubeconfig("secret"));
    String option = "--kubeconfig=" + kubeconfig;
    System.out.printf("agent: enforcing after %d ms%n", agent.start(option).toMillis());
    return option;
  }

  @Test
  void enforcesOnAndSaysHowOldItsKnowledgeIsWhileTheServerIsAway() throws IOException {
    int at = link();
    String option = start();
    List<Integer> before = programs(at);
    server.put(WatchedKind.NETWORK_POLICIES, "shop", "odd", POLICY);
    agent.await(
        "the policy is enforced", () -> agent.get("/v1/policies").contains("\"name\":\"odd\""));
    server.stop();
    agent.await("it shows", () -> staleness() > 1500);
    agent.await("the failures show", () -> agent.get("/v1/status").contains("onnect"));
    assertTrue(agent.get("/readyz").startsWith("ok"));
    assertTrue(agent.get("/healthz").startsWith("ok"));
    String metrics = agent.get("/metrics");
    assertTrue(metrics.contains("merlon_cluster_staleness_seconds"), metrics);
    assertEquals(1, programs(at).size());
    agent.kill();
    assertEquals(1, programs(at).size());
    long back = System.nanoTime();
    agent.node().run(server::resume);
    agent.start(option);
    agent.await("it is heard again", () -> isHeardSince(back));
    assertTrue(agent.get("/v1/policies").contains("\"name\":\"odd\""));
    assertEquals(before.size(), programs(at).size());
  }

  /** Whether all was heard of after that; an answer that comes late does not say so by mistake. */
  private boolean isHeardSince(long nanos) {
    long ago = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    long stale = staleness();
    return stale >= 0 && stale < ago;
  }

  /** In milliseconds; -1 if it is not said. */
  private long staleness() {
    String status = agent.get("/v1/status");
    int start = status.indexOf("\"worst_ms\":");
    return start < 0 ? -1 : Long.parseLong(status.substring(start + 11).split("[,}]", -1)[0]);
  }

  private List<Integer> programs(int ifindex) {
    return agent
        .node()
        .call(() -> {
          List<Integer> links = TcxLink.programIds(ifindex, Direction.INGRESS);
          return links.isEmpty() ? filters(ifindex) : links;
        });
  }

  private static List<Integer> filters(int ifindex) {
    return new ClsactFilter(ifindex, Direction.INGRESS, 1, 0x4d52)
        .programId().stream().boxed().toList();
  }

  @Test
  void tellsProblemsOfPoliciesByEvents() throws IOException {
    start();
    server.put(WatchedKind.NETWORK_POLICIES, "shop", "odd", "'uid':'u-1'", POLICY);
    agent.await("there is an event", () -> !events.isEmpty());
    String event = events.getFirst();
    assertTrue(event.contains("\"note\":\"spec.ingress[0].from[0].ipBlock.cidr: "), event);
    assertTrue(event.contains("\"name\":\"odd\",\"uid\":\"u-1\""), event);
    assertTrue(event.contains("\"reportingInstance\":\"" + RunningAgent.NODE + "\""), event);
  }

  @Test
  void logsWhoChangedAMode() throws IOException {
    start();
    namespace(SET_BY_KUBECTL);
    agent.await("the mode is audit", () -> agent.get("/v1/pods").contains("\"mode\":\"audit\""));
    agent.await("it is logged", () -> agent.logged().contains("the mode changed"));
    String line = lastModeChange();
    assertTrue(line.contains("pod=shop/web from=ENFORCE to=AUDIT"), line);
    assertTrue(line.contains("object=\"Namespace shop\""), line);
    assertTrue(line.contains("by=\"kubectl-annotate at 2026-03-02T09:00:00Z\""), line);
    namespace("");
    agent.await("it is over", () -> lastModeChange().contains("to=ENFORCE"));
    assertTrue(lastModeChange().contains("who removed the annotation"), lastModeChange());
  }

  private String lastModeChange() {
    return agent
        .logged()
        .lines()
        .filter(line -> line.contains("the mode changed"))
        .reduce("", (_, last) -> last);
  }
}
