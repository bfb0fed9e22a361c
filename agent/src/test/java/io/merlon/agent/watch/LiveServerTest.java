package io.merlon.agent.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The watch before a real API server, where {@code MERLON_LIVE_SERVER} leads to one. It creates a
 * namespace and a custom resource definition, and takes them away again. Where {@code
 * MERLON_RESTART_API_SERVER} is a command that restarts the server, it is run in the middle.
 */
final class LiveServerTest {
  private static final String NAMESPACE =
      "merlon-live-" + Long.toString(ProcessHandle.current().pid(), 36);
  private static final int PODS = 2_000;
  private static final int POLICIES = 100;
  private static final Duration DEADLINE = Duration.ofMinutes(4);
  private static final String DEFINITIONS =
      "apis/apiextensions.k8s.io/v1/customresourcedefinitions";

  private final RecordingSink sink = new RecordingSink(DEADLINE);
  private final LiveServer server;

  LiveServerTest() throws IOException {
    server = LiveServer.required("LiveServerTest");
  }

  @BeforeEach
  void prepare() throws IOException {
    server.post("api/v1/namespaces", "{'metadata':{'name':'" + NAMESPACE + "'}}");
    server.await(
        "the service account",
        () -> server.status("api/v1/namespaces/" + NAMESPACE + "/serviceaccounts/default") == 200);
  }

  @AfterEach
  void cleanUp() throws IOException {
    server.delete("api/v1/namespaces/" + NAMESPACE);
    server.delete(DEFINITIONS + "/clusternetworkpolicies.policy.networking.k8s.io");
    server.close();
  }

  private static String pods() {
    return "api/v1/namespaces/" + NAMESPACE + "/pods";
  }

  private static String policies() {
    return "apis/networking.k8s.io/v1/namespaces/" + NAMESPACE + "/networkpolicies";
  }

  private void createPods(int from, int to) throws IOException {
    var sent = new ArrayList<CompletableFuture<?>>();
    for (int i = from; i < to; i++) {
      String labels = "'labels':{'app':'a" + i % 9 + "'}";
      String spec =
          "'spec':{'containers':[{'name':'c','image':'i','ports':[{'containerPort':80}]}]}";
      sent.add(
          server.send(
              "POST", pods(), "{'metadata':{'name':'p" + i + "'," + labels + "}," + spec + "}"));
      if (sent.size() == 50) {
        sent.forEach(CompletableFuture::join);
        sent.clear();
      }
    }
    sent.forEach(CompletableFuture::join);
  }

  private void restart() throws IOException, InterruptedException {
    String command = System.getenv("MERLON_RESTART_API_SERVER");
    if (command == null) {
      System.out.println("the API server was not restarted: MERLON_RESTART_API_SERVER is not set");
      return;
    }
    var restart = new ProcessBuilder("sh", "-c", command).inheritIO().start();
    assertEquals(0, restart.waitFor());
    server.await("the server", server::isReady);
  }

  /** Kind and name, of a pod also its labels, as the server has them now. */
  private Set<String> onServer() throws IOException {
    var objects = new TreeSet<String>();
    var reading = new Reading(new WrittenTexts.Heard(), new Sharing());
    for (WatchedKind kind : WatchedKind.values()) {
      if (server.status(kind.path() + "?limit=1") == 200) {
        var reader = kind.reader(reading);
        try (InputStream body = server.get(kind.path() + "?limit=0")) {
          ApiStreams.list(body, value -> objects.add(reader.apply(value).put().toString()));
        }
      }
    }
    return objects;
  }

  private Set<String> known() {
    return sink.state().values().stream().map(Object::toString).collect(Collectors.toSet());
  }

  /** Controllers go on changing things, so both sides are read until they agree. */
  private void awaitAgreement(String when) {
    server.await("agreement " + when, () -> known().equals(onServer()));
  }

  @Test
  void theStateEndsWhereTheServerIs() throws IOException, InterruptedException {
    createPods(0, PODS / 2);
    for (int i = 0; i < POLICIES; i++) {
      server.post(policies(), "{'metadata':{'name':'n" + i + "'},'spec':{'podSelector':{}}}");
    }
    var settings =
        new WatchSettings(
            "", 100, Duration.ofSeconds(30), Duration.ofSeconds(100), Duration.ofSeconds(1));
    try (ClusterWatch watch =
        ClusterWatch.open(server.address(), settings, sink, InstantSource.system())) {
      sink.awaitLog("=ALL");
      awaitAgreement("after the first lists");
      createPods(PODS / 2, PODS * 3 / 4);
      restart();
      createPods(PODS * 3 / 4, PODS);
      for (int i = 0; i < POLICIES; i += 2) {
        server.delete(policies() + "/n" + i);
        server.delete(pods() + "/p" + i * 3 + "?gracePeriodSeconds=0");
        server.patch(pods() + "/p" + (i * 3 + 1), "{'metadata':{'labels':{'app':'changed'}}}");
      }
      awaitAgreement("after a restart and changes");
      server.post(DEFINITIONS, DEFINITION);
      String path = WatchedKind.CLUSTER_NETWORK_POLICIES.path();
      server.await("the definition", () -> server.status(path + "?limit=1") == 200);
      server.post(path, POLICY);
      sink.awaitLog("+CLUSTER_NETWORK_POLICY live");
      server.delete(DEFINITIONS + "/clusternetworkpolicies.policy.networking.k8s.io");
      sink.awaitLog("-CLUSTER_NETWORK_POLICY live");
      System.out.println(
          "LiveServerTest agreed on " + sink.state().size() + " objects; " + watch.staleness());
    }
  }

  private static final String POLICY =
      "{'apiVersion':'policy.networking.k8s.io/v1alpha2','kind':'ClusterNetworkPolicy',"
          + "'metadata':{'name':'live'},"
          + "'spec':{'tier':'Admin','priority':1,'subject':{'namespaces':{}}}}";

  private static final String DEFINITION =
      "{'metadata':{'name':'clusternetworkpolicies.policy.networking.k8s.io','annotations':"
          + "{'api-approved.kubernetes.io':'unapproved, of a test'}},'spec':{"
          + "'group':'policy.networking.k8s.io','scope':'Cluster','names':"
          + "{'plural':'clusternetworkpolicies','kind':'ClusterNetworkPolicy'},'versions':"
          + "[{'name':'v1alpha2','served':true,'storage':true,'schema':{'openAPIV3Schema':"
          + "{'type':'object','x-kubernetes-preserve-unknown-fields':true}}}]}}";
}
