package io.merlon.agent.watch;

import static io.merlon.agent.watch.WatchedKind.NAMESPACES;
import static io.merlon.agent.watch.WatchedKind.NETWORK_POLICIES;
import static io.merlon.agent.watch.WatchedKind.PODS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.MerlonProcess;
import io.merlon.agent.MerlonProcess.Run;
import io.merlon.agent.api.ClusterSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster read once: by the class, and by the workbench's commands from a kubeconfig. */
class ClusterReadingTest {
  private static final String POD =
      "'spec':{'nodeName':'n','containers':[{'ports':[{'containerPort':80}]}]},"
          + "'status':{'phase':'Running','podIPs':[{'ip':'10.1.0.%d'}]}";

  @TempDir Path folder;
  private final TestApiServer server = new TestApiServer();

  @BeforeEach
  void fill() {
    server.put(NAMESPACES, "", "web", "");
    server.put(PODS, "web", "front", POD.formatted(1));
    server.put(PODS, "web", "back", POD.formatted(2));
    server.put(
        NETWORK_POLICIES,
        "web",
        "closed",
        "'spec':{'podSelector':{},'ingress':[{'ports':[{'port':0}]}]}");
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void readsEverythingThatIsThere() throws Exception {
    ClusterSnapshot cluster =
        ClusterReading.read(server.address(folder, "secret"), Duration.ofSeconds(10));
    assertEquals(2, cluster.pods().size());
    assertEquals(1, cluster.namespaces().size());
    assertEquals(1, cluster.networkPolicies().size());
  }

  @Test
  void namesTheServerThatDoesNotAnswer() throws Exception {
    Path kubeconfig = kubeconfig("http://localhost:1");
    IOException error =
        assertThrows(
            IOException.class,
            () -> ClusterReading.read(ApiServer.of(kubeconfig, null), Duration.ofMillis(500)));
    assertTrue(String.valueOf(error.getMessage()).contains("localhost:1"), error.getMessage());
  }

  @Test
  void commandsAskTheClusterOfTheKubeconfig() throws Exception {
    List<String> there = List.of("env", "KUBECONFIG=" + kubeconfig(server.url()));
    Run matrix = MerlonProcess.run(there, "matrix", "--live");
    assertEquals(0, matrix.code(), matrix.all());
    assertTrue(matrix.printed().contains(" 1 web/back   + i"), matrix.all());
    assertEquals(
        "cluster: error: NetworkPolicy web/closed: spec.ingress[0].ports[0].port: no such port:"
            + " 0\n",
        matrix.errors());
    Run explain =
        MerlonProcess.run(
            there, "explain", "--live", "--from", "web/front", "--to", "web/back", "--port", "80");
    assertEquals(3, explain.code(), explain.all());
    assertTrue(explain.printed().contains("NetworkPolicy web/closed"), explain.all());
    Path to = Files.createDirectory(folder.resolve("to"));
    Files.writeString(
        to.resolve("all.yaml"),
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: front, namespace: web}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: back, namespace: web}
        """);
    Run diff = MerlonProcess.run(there, "diff", "--live", "--to", to.toString());
    assertEquals(4, diff.code(), diff.all());
    Run both = MerlonProcess.run(there, "matrix", "--live", "--manifests", to.toString());
    assertEquals(2, both.code(), both.all());
  }

  private Path kubeconfig(String url) throws IOException {
    return Files.writeString(
        folder.resolve("kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        current-context: here
        contexts: [{name: here, context: {cluster: here, user: me}}]
        clusters: [{name: here, cluster: {server: "%s"}}]
        users: [{name: me, user: {token: secret}}]
        """
            .formatted(url));
  }
}
