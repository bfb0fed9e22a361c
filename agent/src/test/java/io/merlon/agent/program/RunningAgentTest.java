package io.merlon.agent.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.MerlonProcess;
import io.merlon.agent.RunningAgent;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.interfaces.OwnNamespace;
import io.merlon.agent.interfaces.VpcCniNaming;
import io.merlon.agent.program.DatapathSettings.HookKind;
import io.merlon.bpf.ClsactFilter;
import io.merlon.bpf.Interfaces;
import io.merlon.bpf.Pins;
import io.merlon.datapath.Hook;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The real agent, and what somebody with the same rights on the node may do to it. */
class RunningAgentTest {
  private static final Duration REPAIRED_WITHIN = Duration.ofSeconds(10);
  private static final PodRef WEB = new PodRef("shop", "web");
  private static final String POLICY =
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: %s, namespace: shop}
      spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: %s}}]}]}
      """;

  private final RunningAgent agent = new RunningAgent();

  @AfterEach
  void close() {
    agent.close();
  }

  private void pod(PodRef pod, String more) {
    agent.apply(
        pod.name(),
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: %s, namespace: %s}
        spec: {nodeName: %s%s}
        status: {phase: Running, podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}, {ip: "fd00::1"}]}
        """
            .formatted(pod.name(), pod.namespace(), RunningAgent.NODE, more));
  }

  private HostInterface link(String name) {
    agent.node().ip("link add " + name + " type veth peer name p" + name.substring(4));
    return new HostInterface(agent.node().call(() -> Interfaces.index(name)), name);
  }

  private List<Integer> programs(HostInterface at, Hook hook) {
    return agent.node().call(() -> ProgramsAt.of(at.ifindex(), hook, HookKind.BEST));
  }

  private void awaitAttached(HostInterface at) {
    agent.await(
        "programs are at " + at,
        () -> programs(at, Hook.FROM_POD).size() == 1 && programs(at, Hook.TO_POD).size() == 1);
  }

  private void awaitSettled(HostInterface at) {
    agent.await(
        "links are at " + at,
        () ->
            agent
                .node()
                .call(() -> ProgramsAt.of(at.ifindex(), Hook.TO_POD, HookKind.TCX))
                .equals(programs(at, Hook.TO_POD)));
  }

  private long repairs(String kind) {
    String line = "merlon_repairs_total{kind=\"" + kind + "\"} ";
    return agent
        .get("/metrics")
        .lines()
        .filter(it -> it.startsWith(line))
        .mapToLong(it -> (long) Double.parseDouble(it.substring(line.length())))
        .sum();
  }

  @Test
  void repairsWhatSomebodyRemovesWithinTenSeconds() {
    pod(WEB, "");
    System.out.printf("agent: enforcing after %d ms%n", agent.startOnFolder().toMillis());
    // One that was there before would have links from the beginning, and no qdisc to lose.
    HostInterface at = link(VpcCniNaming.EKS.hostInterface(WEB));
    awaitAttached(at);
    agent.node().run(() -> ClsactFilter.removeQdisc(at.ifindex()));
    measured("a filter", () -> awaitAttached(at));
    agent.await("it is counted", () -> repairs("hook") >= 1);
    awaitSettled(at);
    PinLayout layout = new PinLayout(agent.pins());
    Pins.unpin(layout.link(at.ifindex(), Hook.FROM_POD));
    Pins.unpin(layout.inForce().orElseThrow().map("flows4"));
    measured("two names", () -> agent.await("names are back", () -> repairs("pin") == 2));
    assertTrue(Files.exists(layout.link(at.ifindex(), Hook.FROM_POD)));
    OwnNamespace.execute(List.of("umount", agent.bpffs().toString()), "");
    assertEquals(1, programs(at, Hook.FROM_POD).size(), "enforcement goes on");
    measured("a file system", () -> agent.await("it is back", () -> repairs("file_system") == 1));
    assertTrue(Files.exists(layout.inForce().orElseThrow().map("flows4")));
    assertTrue(agent.logged().contains("somebody else changed what is ours; repaired"));
    agent.kill();
    assertEquals(1, programs(at, Hook.FROM_POD).size(), "the new names hold the links");
    agent.startOnFolder();
    assertTrue(agent.get("/v1/status").contains("\"start\":\"adopted 1 interfaces"));
  }

  private static void measured(String what, Runnable repair) {
    long begun = System.nanoTime();
    repair.run();
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    System.out.printf("agent: %s repaired after %d ms%n", what, took.toMillis());
    assertTrue(took.compareTo(REPAIRED_WITHIN) < 0, took.toString());
  }

  @Test
  void findsEveryInterfaceOfAPodAndNoOthers() {
    PodRef branch = new PodRef("shop", "branch");
    PodRef onHost = new PodRef("shop", "on-host");
    pod(WEB, "");
    pod(branch, "");
    pod(onHost, ", hostNetwork: true");
    List<HostInterface> wanted =
        List.of(
            link(VpcCniNaming.EKS.hostInterface(WEB)),
            link(VpcCniNaming.EKS.hostInterface(WEB, 1)),
            link(VpcCniNaming.EKS.hostInterface(WEB, 2)),
            link(VpcCniNaming.BRANCH.hostInterface(branch)));
    HostInterface hosts = link(VpcCniNaming.EKS.hostInterface(onHost));
    HostInterface trunk = link("vlan.eth.1");
    agent.startOnFolder();
    wanted.forEach(this::awaitAttached);
    assertEquals(List.of(), programs(hosts, Hook.FROM_POD));
    assertEquals(List.of(), programs(trunk, Hook.FROM_POD));
    String pods = agent.get("/v1/pods");
    assertTrue(pods.contains("\"addresses\":[\"10.0.0.1\",\"fd00::1\"]"), pods);
    assertFalse(pods.contains("on-host"), pods);
  }

  @Test
  void findsPodsOfOtherCnisByTheirRoutes() {
    pod(WEB, "");
    HostInterface at = link("cali1234567");
    agent.node().ip("link set cali1234567 up", "route add 10.0.0.1/32 dev cali1234567");
    agent.startOnFolder();
    awaitAttached(at);
  }

  @Test
  void aDryRunTouchesNothing() {
    pod(WEB, "");
    agent.apply("policy", POLICY.formatted("closed", "10.9.0.0/16"));
    HostInterface at = link(VpcCniNaming.EKS.hostInterface(WEB));
    agent.startDry();
    assertTrue(agent.logged().contains("WriteTable["), agent.logged());
    assertTrue(agent.logged().contains("Bind["), agent.logged());
    assertEquals(List.of(), programs(at, Hook.FROM_POD));
    assertFalse(Files.exists(agent.pins()));
  }

  @Test
  void statusSaysWhatIsWrongAndDetachLeavesNothing() {
    pod(WEB, "");
    agent.apply("policy", POLICY.formatted("odd", "10.0.0.0/99"));
    HostInterface at = link(VpcCniNaming.EKS.hostInterface(WEB));
    agent.startOnFolder();
    awaitAttached(at);
    MerlonProcess.Run status = agent.run("status");
    assertEquals(3, status.code(), status.all());
    assertTrue(status.printed().contains("NetworkPolicy shop/odd revision"), status.all());
    assertTrue(status.printed().contains("WITH PROBLEMS"), status.all());
    assertTrue(status.printed().contains("spec.ingress[0].from[0].ipBlock.cidr"), status.all());
    MerlonProcess.Run json = agent.run("status", "--json");
    assertTrue(json.printed().startsWith("{\"status\":{\"node\":\"node-a\""), json.all());
    MerlonProcess.Run early = agent.run("detach", "--pin-root=" + agent.pins());
    assertEquals(1, early.code());
    assertTrue(early.errors().startsWith("merlon: an agent runs here"), early.all());
    assertEquals(1, programs(at, Hook.FROM_POD).size());
    assertEquals(143, agent.terminate(), "as a virtual machine ends after SIGTERM");
    assertEquals(1, programs(at, Hook.FROM_POD).size(), "enforcement outlives the agent");
    MerlonProcess.Run detach = agent.run("detach", "--pin-root=" + agent.pins());
    assertEquals(0, detach.code(), detach.all());
    assertEquals(List.of(), programs(at, Hook.FROM_POD));
    assertEquals(List.of(), programs(at, Hook.TO_POD));
    assertFalse(Files.exists(agent.pins()));
  }

  @Test
  void whatCannotBeMeantIsOneLine() {
    for (List<String> wrong :
        List.of(
            List.of("agent"),
            List.of("agent", "--node-name=n", "--mode=loose"),
            List.of("agent", "--node-name=n", "--map-flows=3"),
            List.of("agent", "--node-name=n", "--config=/nowhere"),
            List.of("agent", "--node-name=n", "--no-such-option"))) {
      MerlonProcess.Run run = agent.run(wrong.toArray(String[]::new));
      assertEquals(2, run.code(), run.all());
      assertEquals(1, run.all().lines().count(), run.all());
      assertTrue(run.errors().startsWith("merlon: "), run.all());
    }
  }
}
