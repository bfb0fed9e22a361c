package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Services of several backends: alike, not alike, always the same, coming and going. */
class BackendsOnCluster extends OnCluster {
  private static final boolean[] FAMILIES = {false, true};
  private static final int HELD = 10;
  private static final int GRACE_SECONDS = 60;
  private static final String POLICIES =
      Mission.policy("backends", "default-deny", "podSelector: {}, policyTypes: [Ingress, Egress]")
          + "---\n"
          + Mission.policy(
              "backends",
              "servers",
              "podSelector: {matchLabels: {app: server}}, ingress: [{from: [{podSelector: {matchLabels: {app: client}}}], ports: [{port: 8080}]}]")
          + "---\n"
          + Mission.policy(
              "backends", "open", "podSelector: {matchLabels: {app: open}}, ingress: [{}]")
          + "---\n"
          + Mission.policy(
              "backends",
              "clients",
              "podSelector: {matchLabels: {app: client}}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchExpressions: [{key: app, operator: In, values: [server, closed]}]}}], ports: [{port: 8080}]}]");

  private final ClusterPods.Spec near =
      pod(
          "near",
          "app: server, like: behind, far-open: behind, far-closed: behind, moving: behind",
          0);
  private final ClusterPods.Spec far =
      pod("far", "app: server, like: behind, near-open: behind", 1);
  // Whose own policy lets everybody in, but the client's does not let it go there; and the reverse.
  private final ClusterPods.Spec nearOpen = pod("near-open", "app: open, near-open: behind", 0);
  private final ClusterPods.Spec farOpen = pod("far-open", "app: open, far-open: behind", 1);
  private final ClusterPods.Spec farClosed =
      pod("far-closed", "app: closed, far-closed: behind", 1);
  private final ClusterPods.Spec leaving =
      pod("leaving", "app: server, moving: behind, leaving: behind", 1);
  private final ClusterPods.Spec coming = pod("coming", "app: server, moving: behind", 1);
  private final ClusterPods.Spec kept = pod("kept", "app: client", 0);
  private final ClusterPods.Spec late = pod("late", "app: client", 0);
  private final Caller client = new Caller(cluster, pod("client", "app: client", 0));
  private final Caller stranger = new Caller(cluster, pod("stranger", "app: stranger", 0));

  BackendsOnCluster() {
    super(10, "Services of several backends");
  }

  private ClusterPods.Spec pod(String name, String labels, int node) {
    return new ClusterPods.Spec("backends", name, labels, node(node));
  }

  @Test
  void areReachedAsThePoliciesOfEachSay() {
    release.install("mode=enforce");
    pods.namespace("backends");
    cluster.apply(POLICIES);
    List.of(near, far, nearOpen, farOpen, farClosed)
        .forEach(server -> pods.start(server, "serve", "8080"));
    pods.start(pod("client", "app: client", 0), "serve", "9090");
    pods.start(pod("stranger", "app: stranger", 0), "serve", "9090");
    likeOnes();
    comeAndGo();
    onlyTheAllowed("far-open", near, farOpen, "on another node, by the client's policy");
    onlyTheAllowed("far-closed", near, farClosed, "on another node, by its own policy");
    try {
      onlyTheAllowed("near-open", far, nearOpen, "here, by the client's policy");
    } catch (AssertionError e) {
      cluster
          .nodes()
          .forEach(node ->
              System.out.println(node + ": " + release.merlon(node, "flows", "--denied").output()));
      throw e;
    }
  }

  private ClusterService service(String name, String label, String more) {
    ClusterService service =
        ClusterService.make(cluster, "backends", name, label + ": behind", 8080, more);
    service.awaitTranslated(client);
    return service;
  }

  private Spread spread(ClusterService service, boolean six, ClusterPods.Spec... servers) {
    return Spread.of(pods, client, service.address(six), List.of(servers));
  }

  private void likeOnes() {
    ClusterService all = service("like", "like", "sessionAffinity: None");
    ClusterService sticky = service("sticky", "like", "sessionAffinity: ClientIP");
    for (boolean six : FAMILIES) {
      Spread any = spread(all, six, near, far);
      Spread same = spread(sticky, six, near, far);
      evidence.is(
          "connections of %d to like backends, IPv%d: to each"
              .formatted(Spread.ATTEMPTS, version(six)),
          any.reached().toString());
      evidence.is("the same with session affinity", same.reached().toString(), "all to one");
      assertEquals(Spread.ATTEMPTS, any.made());
      assertFalse(any.reached().contains(0L), any.toString());
      assertEquals(Spread.ATTEMPTS, same.made());
      assertTrue(same.reached().contains(0L), same.toString());
    }
  }

  private void onlyTheAllowed(
      String name, ClusterPods.Spec allowed, ClusterPods.Spec denied, String where) {
    ClusterService unlike = service(name, name, "sessionAffinity: None");
    for (boolean six : FAMILIES) {
      Spread spread = spread(unlike, six, allowed, denied);
      evidence.is(
          "connections of %d to unlike backends, one denied %s, IPv%d: to the allowed, to the denied"
              .formatted(Spread.ATTEMPTS, where, version(six)),
          spread.reached().getFirst() + ", " + spread.reached().getLast(),
          "some, 0");
      assertEquals(0, spread.reached().getLast(), name);
      assertTrue(spread.made() > 0 && spread.made() < Spread.ATTEMPTS, name + ": " + spread);
    }
  }

  private static int version(boolean six) {
    return six ? 6 : 4;
  }

  /**
   * One backend stays all the while; one is told to end and serves on as long as it may; one takes
   * over from it.
   */
  private void comeAndGo() {
    ClusterService moving = service("moving", "moving", "sessionAffinity: None");
    hold(kept, moving.address(true));
    new UnusualServer(leaving, 8080, false, GRACE_SECONDS).start(cluster);
    ClusterService away = service("leaving", "leaving", "sessionAffinity: None");
    hold(late, away.address(false));
    awaitReached(moving, near, leaving);
    long segments = pods.segmentsLost(kept, late);

    cluster
        .run("--namespace=backends", "delete", "pod", leaving.name(), "--wait=false")
        .succeeded();
    long told = System.currentTimeMillis();
    servesOn(told, moving);
    long lost = pods.said(late, "lost");
    segments = pods.segmentsLost(kept, late) - segments;
    evidence.is(
        "open connections of %d to a terminating backend broken, %d ms after it was told to end"
            .formatted(HELD, System.currentTimeMillis() - told),
        "" + lost,
        "0");
    evidence.is("segments of all open connections lost meanwhile", "" + segments, "0");
    assertEquals(0, lost);
    assertEquals(0, segments);
    takesOver(moving);
  }

  private void hold(ClusterPods.Spec holder, String address) {
    pods.start(holder, "hold", "100", "" + HELD, address, "" + ClusterService.PORT);
    awaitOpen(holder, HELD);
  }

  private void awaitReached(ClusterService service, ClusterPods.Spec... servers) {
    Await.seldom(
        "connections to each of " + List.of(servers),
        PATIENCE,
        () -> !spread(service, false, servers).reached().contains(0L));
  }

  /** What is open goes on, what is new goes elsewhere, and what was denied is denied. */
  private void servesOn(long told, ClusterService moving) {
    Await.seldom(
        "no new connections to the terminating backend",
        SOON,
        () -> spread(moving, true, near, leaving).reached().getLast() == 0);
    assertFalse(stranger.connects(pods.address(leaving, false), 8080), "stranger, in between");
    Await.seldom(
        "each connection to the terminating backend is answered seconds after",
        SOON,
        () -> pods.said(late, "oldest") > told + 5_000);
    assertFalse(
        cluster
            .get("backends", "pod/" + leaving.name(), "{.metadata.deletionTimestamp}")
            .isEmpty());
  }

  private void takesOver(ClusterService moving) {
    pods.start(coming, "serve", "8080");
    awaitReached(moving, near, coming);
    cluster
        .run(
            "--namespace=backends",
            "delete",
            "pod",
            leaving.name(),
            "--grace-period=1",
            "--wait=false")
        .succeeded();
    Await.seldom(
        leaving.name() + " is gone",
        PATIENCE,
        () ->
            cluster
                .run("--namespace=backends", "get", "pods", "--output=name")
                .succeeded()
                .lines()
                .noneMatch(("pod/" + leaving.name())::equals));
    long gone = System.currentTimeMillis();
    Await.seldom(
        "each connection to the backend that stays is answered",
        SOON,
        () -> pods.said(kept, "oldest") > gone);
    Map<String, Long> said = pods.said(kept);
    for (boolean six : FAMILIES) {
      Spread spread = spread(moving, six, near, coming);
      evidence.is(
          "new connections of %d, IPv%d: to the backend that stays, to the one that took over"
              .formatted(Spread.ATTEMPTS, version(six)),
          spread.reached().getFirst() + ", " + spread.reached().getLast(),
          "all");
      assertEquals(Spread.ATTEMPTS, spread.made());
    }
    evidence.is(
        "open connections of %d to the backend that stays, broken while others came and went"
            .formatted(HELD),
        "" + said.getOrDefault("lost", 1L),
        "0");
    assertEquals(0, said.getOrDefault("lost", 1L));
  }
}
