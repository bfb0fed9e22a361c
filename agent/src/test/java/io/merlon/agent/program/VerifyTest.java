package io.merlon.agent.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.MerlonProcess;
import io.merlon.agent.RunningAgent;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.interfaces.VpcCniNaming;
import io.merlon.bpf.BpfMap;
import io.merlon.bpf.Codec;
import io.merlon.bpf.OwnedMap;
import io.merlon.datapath.CidrKey;
import io.merlon.datapath.Endpoint;
import io.merlon.datapath.IpAddress;
import io.merlon.datapath.Peer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The real agent, and what is said of the maps it filled: as they are, and after a mistake. */
class VerifyTest {
  private static final PodRef WEB = new PodRef("shop", "web");
  private static final String POLICY =
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: office, namespace: shop}
      spec:
        podSelector: {}
        ingress: [{from: [{ipBlock: {cidr: 10.9.0.0/16}}], ports: [{port: 443}]}]
      """;

  private final RunningAgent agent = new RunningAgent("--verify-every=1", "--socket=none");

  @AfterEach
  void close() {
    agent.close();
  }

  private void start() {
    agent.apply(
        "web",
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: shop}
        spec: {nodeName: %s}
        status: {phase: Running, podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}, {ip: "fd00::1"}]}
        """
            .formatted(RunningAgent.NODE));
    agent.apply("policy", POLICY);
    String name = VpcCniNaming.EKS.hostInterface(WEB);
    agent.node().ip("link add " + name + " type veth peer name pweb");
    agent.startOnFolder();
    agent.await("it is attached", () -> agent.get("/v1/pods").contains("\"attached\":true"));
  }

  private MerlonProcess.Run verify() {
    return agent.run(
        "verify", agent.source(), "--node-name=" + RunningAgent.NODE, "--pin-root=" + agent.pins());
  }

  private boolean metric(String line) {
    return agent.get("/metrics").lines().anyMatch(line::equals);
  }

  @Test
  void whatTheKernelHoldsIsWhatThePoliciesSay() {
    start();
    MerlonProcess.Run run = verify();
    assertEquals(0, run.code(), run.all());
    assertTrue(run.printed().contains("the kernel holds what the policies say"), run.all());
    agent.await(
        "the agent looks too",
        () ->
            metric("merlon_verify_differences{against=\"agent\"} 0.0")
                && metric("merlon_verify_differences{against=\"policies\"} 0.0")
                && !metric("merlon_verify_verdicts_total 0.0"));
  }

  @Test
  void aMistakeIsFoundAndNamed() {
    start();
    Path cidrs = new PinLayout(agent.pins()).inForce().orElseThrow().map("cidrs4");
    try (OwnedMap<CidrKey, Peer> map = BpfMap.openPinned(cidrs, CidrKey.V4, Peer.CODEC)) {
      map.delete(new CidrKey(IpAddress.of("10.9.0.0"), 16));
    }
    MerlonProcess.Run run = verify();
    assertEquals(3, run.code(), run.all());
    assertTrue(
        run.printed()
            .contains("CLOSED shop/web ingress from 10.9.0.0 TCP 443-443: policies allow it"),
        run.all());
    agent.await(
        "the agent finds it too", () -> metric("merlon_verify_differences{against=\"agent\"} 1.0"));
    agent.await(
        "it knows what that means to policies",
        () -> metric("merlon_verify_differences{against=\"policies\"} 1.0"));
    assertTrue(
        agent.logged().contains("CLOSED shop/web ingress from 10.9.0.0 TCP 443-443"),
        agent.logged());
    assertTrue(agent.logged().contains("prefix 10.9.0.0/16 should be"), agent.logged());
  }

  /** Nobody puts back whose an interface is, so that is found however late it is looked for. */
  @Test
  void anInterfaceThatIsGoneIsFoundAndNamed() {
    start();
    PinLayout.Generation inForce = new PinLayout(agent.pins()).inForce().orElseThrow();
    try (OwnedMap<Integer, InterfaceEntry> interfaces =
            BpfMap.openPinned(inForce.map("interfaces"), Codec.u32(), InterfaceEntry.CODEC);
        OwnedMap<Integer, Endpoint> endpoints =
            BpfMap.openPinned(inForce.map("endpoints"), Codec.u32(), Endpoint.CODEC)) {
      int web = interfaces.entries().keySet().iterator().next();
      interfaces.delete(web);
      endpoints.delete(web);
    }
    MerlonProcess.Run run = verify();
    assertEquals(3, run.code(), run.all());
    assertTrue(
        run.printed().contains("NOT_ENFORCED shop/web runs here, and no interface is known as its"),
        run.all());
    agent.await(
        "the agent misses it too",
        () -> agent.logged().contains(" should be shop/web and is absent"));
    assertFalse(metric("merlon_verify_differences{against=\"agent\"} 0.0"));
  }

  @Test
  void theKernelIsDumpedWithTheNamesOfRules() {
    start();
    MerlonProcess.Run run = agent.run("dump", "--flows", "--pin-root=" + agent.pins());
    assertEquals(0, run.code(), run.all());
    assertTrue(run.printed().contains("shop/web subject "), run.all());
    assertTrue(run.printed().contains("10.9.0.0/16"), run.all());
    assertTrue(
        run.printed().contains("tcp 443-443 allow rule NetworkPolicy shop/office"), run.all());
    assertTrue(run.printed().contains("deny default-deny NetworkPolicy shop/office"), run.all());
    MerlonProcess.Run json =
        agent.run("dump", "--flows", "-o", "json", "--pin-root=" + agent.pins());
    assertEquals(0, json.code(), json.all());
    assertTrue(json.printed().startsWith("{\"schema\":\"merlon.dump/v1\",\"epoch\":"), json.all());
    assertTrue(
        json.printed()
            .contains(
                "{\"protocol\":\"tcp\",\"first_port\":443,\"last_port\":443,"
                    + "\"verdict\":\"allow\",\"decision\":\"rule NetworkPolicy shop/office"),
        json.all());
    assertTrue(json.printed().contains("\"use\":\"pod\",\"namespace\":\"shop\",\"pod\":\"web\""));
    Object read = new Load(LoadSettings.builder().build()).loadFromString(json.printed());
    assertEquals(
        Set.of("schema", "epoch", "interfaces", "classes", "services", "tables", "flows"),
        ((Map<?, ?>) read).keySet());
    agent.kill();
    MerlonProcess.Run alone = agent.run("dump", "--pin-root=" + agent.pins());
    assertEquals(0, alone.code(), alone.all());
    assertTrue(alone.printed().contains("tcp 443-443 allow #"), alone.all());
  }
}
