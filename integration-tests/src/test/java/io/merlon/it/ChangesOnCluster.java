package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Changes through the API: open connections are cut, others kept, and what was closed opens. */
class ChangesOnCluster extends OnCluster {
  private static final long BUDGET = 1_000;

  /** What a connection that is tried may take before the next one is. */
  private static final long ATTEMPT = 1_000;

  private static final String ROLE =
      "{\"metadata\":{\"annotations\":{\"eks.amazonaws.com/role-arn\":\"arn:aws:iam::123456789012:role/%s\"}}}";
  private static final String LABEL = "{\"metadata\":{\"labels\":{\"%s\":\"%s\"}}}";
  private static final String PEERS =
      "{\"spec\":{\"ingress\":[{\"from\":[{\"namespaceSelector\":{},\"podSelector\":{\"matchLabels\":{\"always\":\"yes\"}}}%s]}]}}";
  private static final String RED =
      ",{\"namespaceSelector\":{},\"podSelector\":{\"matchLabels\":{\"hue\":\"red\"}}}";
  private static final String OF_CLIENTS =
      ",{\"namespaceSelector\":{\"matchLabels\":{\"kind\":\"client\"}},\"podSelector\":{\"matchLabels\":{\"hue\":\"red\"}}}";
  private static final String OF_ROLE =
      ",{\"namespaceSelector\":{},\"podSelector\":{\"matchLabels\":{\"identity.merlon.io/iam-role\":\"clients\"}}}";
  private static final String POLICY =
      "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/clients";

  /**
   * A change of an object that forbids a connection, the change back, and whom the policy allows.
   */
  private record Change(String what, String peer, String path, String forbids, String allows) {}

  private static final List<Change> CHANGES =
      List.of(
          new Change("policy edited", RED, POLICY, PEERS.formatted(""), PEERS.formatted(RED)),
          new Change(
              "pod's label changed",
              RED,
              "/api/v1/namespaces/clients/pods/",
              LABEL.formatted("hue", "blue"),
              LABEL.formatted("hue", "red")),
          new Change(
              "namespace's label changed",
              OF_CLIENTS,
              "/api/v1/namespaces/clients",
              LABEL.formatted("kind", "other"),
              LABEL.formatted("kind", "client")),
          new Change(
              "ServiceAccount's role changed",
              OF_ROLE,
              "/api/v1/namespaces/clients/serviceaccounts/trusted",
              ROLE.formatted("others"),
              ROLE.formatted("clients")));

  private final ClusterPods.Spec server =
      new ClusterPods.Spec("shop", "server", "app: server", node(0));
  private final ClusterPods.Spec kept =
      new ClusterPods.Spec("clients", "kept", "always: \"yes\"", node(1));

  ChangesOnCluster() {
    super(4, "changes through the API");
  }

  @Test
  void cutOpenConnectionsAndKeepOthersWithinASecond() {
    release.install("mode=enforce");
    pods.namespace("shop");
    pods.namespace("clients", "kind=client");
    cluster.run("--namespace=clients", "create", "serviceaccount", "trusted").succeeded();
    cluster.apply(Mission.policy("shop", "clients", "podSelector: {}, ingress: []"));
    pods.start(server, "serve", "8080");
    try (ApiProxy api = ApiProxy.start()) {
      api.patch(CHANGES.getLast().path(), CHANGES.getLast().allows());
      api.patch(POLICY, PEERS.formatted(""));
      pods.start(kept, "hold", "20", "1", pods.address(server, false), "8080");
      awaitOpen(kept, 1);
      long longest = 0;
      for (int i = 0; i < CHANGES.size(); i++) {
        longest = Math.max(longest, cutAndOpen(api, CHANGES.get(i), i));
      }
      evidence.is(
          "connection that stays allowed meanwhile: longest wait for an answer",
          pods.said(kept, "worst") + " ms");
      long now = System.currentTimeMillis();
      awaitAnswer(kept, now);
      // The server's own include those to connections that were to be cut.
      long segments = pods.segmentsLost(kept);
      evidence.is("segments it sent that were lost", "" + segments, "0");
      assertEquals(0, segments);
      assertEquals(0, pods.said(kept, "lost"));
      assertTrue(longest <= BUDGET, "longest " + longest + " ms");
    }
  }

  /** How long packets passed, from before the request that forbids them was sent. */
  private long cutAndOpen(ApiProxy api, Change change, int index) {
    ClusterPods.Spec held = client("held-" + index);
    ClusterPods.Spec tries = client("tries-" + index);
    api.patch(POLICY, PEERS.formatted(change.peer()));
    pods.start(held, "hold", "20", "1", pods.address(server, false), "8080");
    pods.start(tries, "try", "50", pods.address(server, true), "8080");
    awaitOpen(held, 1);
    awaitAnswer(tries, 0);

    long ready = System.currentTimeMillis();
    awaitAnswer(held, ready);
    awaitAnswer(tries, ready);
    long begun = System.currentTimeMillis();
    change(api, change.path(), change.forbids(), held, tries);
    long cut = Math.max(awaitSilence(held, SILENT) - begun, 0);
    long refused = Math.max(awaitSilence(tries, SILENT) - begun, 0);
    long reopened = System.currentTimeMillis();
    change(api, change.path(), change.allows(), held, tries);
    long again = awaitAnswer(tries, reopened) - reopened;
    assertTrue(again <= BUDGET + ATTEMPT, "open again after " + again + " ms");
    evidence.is(change.what() + " -> open connection cut", cut + " ms", BUDGET + " ms");
    evidence.is(change.what() + " -> no new ones", refused + " ms", BUDGET + " ms");
    evidence.is(
        change.what() + " back -> new connection made",
        again + " ms",
        BUDGET + " ms and an attempt's " + ATTEMPT);
    cluster.run("--namespace=clients", "delete", "pod", held.name(), tries.name(), "--wait=false");
    return Math.max(cut, refused);
  }

  private ClusterPods.Spec client(String name) {
    return new ClusterPods.Spec("clients", name, "hue: red", node(1), "trusted");
  }

  /** Of the object, or of each of the pods where the path is that of pods. */
  private static void change(ApiProxy api, String path, String to, ClusterPods.Spec... changed) {
    if (!path.endsWith("/")) {
      api.patch(path, to);
      return;
    }
    for (ClusterPods.Spec pod : changed) {
      api.patch(path + pod.name(), to);
    }
  }
}
