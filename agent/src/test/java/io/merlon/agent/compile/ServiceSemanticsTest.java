package io.merlon.agent.compile;

import static io.merlon.agent.compile.Manifests.ALL;
import static io.merlon.agent.compile.Manifests.egress;
import static io.merlon.agent.compile.Manifests.match;
import static io.merlon.agent.compile.Manifests.peers;
import static io.merlon.agent.compile.Manifests.pod;
import static io.merlon.agent.compile.Manifests.podsIn;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.EndpointSlice;
import io.merlon.agent.api.Service;
import io.merlon.agent.identity.Address;
import io.merlon.agent.policy.Protocol;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** NP-23: what a virtual address stands for. */
class ServiceSemanticsTest {
  private static final ServiceKey HTTP = new ServiceKey(Address.of("172.20.0.1"), Protocol.TCP, 80);

  private final Cluster cluster = new Cluster();

  @BeforeEach
  void aServiceInANamespace() {
    cluster
        .namespace("x", "")
        .put(
            pod("x", "a1", "app=a", "10.0.0.1"),
            pod("x", "a2", "app=a", "10.0.0.2"),
            pod("x", "b1", "app=b", "10.0.0.3"),
            egress("x", "p", ALL, peers(podsIn(ALL, match("app=a")))),
            new Service(
                "x",
                "s",
                "ClusterIP",
                List.of("172.20.0.1"),
                List.of(new Service.Port("http", "TCP", 80, 0))));
  }

  private static EndpointSlice slice(String name, @Nullable Integer port, String... addresses) {
    return slice(name, new EndpointSlice.Port("http", "TCP", port), serving(addresses));
  }

  private static EndpointSlice slice(
      String name, EndpointSlice.Port port, EndpointSlice.Endpoint endpoint) {
    return slice("s", name, port, endpoint);
  }

  private static EndpointSlice slice(
      String service, String name, EndpointSlice.Port port, EndpointSlice.Endpoint endpoint) {
    return new EndpointSlice("x", name, service, "IPv4", List.of(port), List.of(endpoint));
  }

  private static EndpointSlice.Endpoint serving(String... addresses) {
    return new EndpointSlice.Endpoint(List.of(addresses), true, true, false);
  }

  private @Nullable ServiceTarget target() {
    return cluster.compile().services().get(HTTP);
  }

  private int classOf(String address) {
    return cluster.compile().addresses().classOf(Address.of(address));
  }

  @Test
  void np23BackendsAlikeAreOneClassAndTheirTargetPort() {
    cluster.put(slice("1", 8080, "10.0.0.1", "10.0.0.2"));
    assertEquals(new ServiceTarget.Uniform(classOf("10.0.0.1"), 8080), target());
  }

  @Test
  void np23BackendsOfSeveralClassesAreMixed() {
    cluster.put(slice("1", 8080, "10.0.0.1", "10.0.0.3"));
    assertEquals(new ServiceTarget.Mixed(), target());
  }

  @Test
  void np23BackendsOnSeveralPortsAreMixed() {
    cluster.put(slice("1", 80, "10.0.0.1"), slice("2", 8080, "10.0.0.2"));
    assertEquals(new ServiceTarget.Mixed(), target());
  }

  @Test
  void np23ServicesThatShareAnAddressAreAsOneWithAllTheirBackends() {
    cluster.put(
        slice("1", 8080, "10.0.0.1"),
        new Service(
            "x",
            "other",
            "ClusterIP",
            List.of("172.20.0.1"),
            List.of(new Service.Port(null, "TCP", 80, 0))),
        slice("other", "2", new EndpointSlice.Port(null, "TCP", 8080), serving("10.0.0.3")));
    assertEquals(new ServiceTarget.Mixed(), target());
  }

  @Test
  void np23WhatIsExternalIsDecidedWhereItArrives() {
    cluster.put(
        slice("1", 8080, "10.0.0.1"),
        new Service(
            "x",
            "s",
            "ClusterIP",
            List.of("172.20.0.1", "169.254.169.254"),
            List.of("169.254.169.254"),
            List.of(new Service.Port("http", "TCP", 80, 0))));
    assertEquals(new ServiceTarget.Uniform(classOf("10.0.0.1"), 8080), target());
    assertEquals(
        new ServiceTarget.Mixed(),
        cluster
            .compile()
            .services()
            .get(new ServiceKey(Address.of("169.254.169.254"), Protocol.TCP, 80)));
  }

  @Test
  void aBackendOfTwoSlicesIsFollowedWhenOneOfThemGoes() {
    IncrementalCompiler compiler = new IncrementalCompiler(CompileOptions.forCluster());
    cluster.put(slice("1", 8080, "10.0.0.1"), slice("2", 8080, "10.0.0.1"));
    compiler.apply(cluster.events());
    compiler.apply(
        List.of(
            new ClusterEvent.Gone(
                new ClusterEvent.Key(ClusterEvent.Kind.ENDPOINT_SLICE, "x", "2"))));
    CompiledPolicy after =
        compiler.apply(List.of(new ClusterEvent.PutPod(pod("x", "a1", "app=b", "10.0.0.1"))));
    assertEquals(
        new ServiceTarget.Uniform(after.addresses().classOf(Address.of("10.0.0.3")), 8080),
        after.services().get(HTTP));
  }

  @Test
  void np23OnlyTheServicePortOfThatProtocolCounts() {
    cluster.put(slice("1", new EndpointSlice.Port("http", "UDP", 8080), serving("10.0.0.1")));
    assertNull(target());
  }

  @Test
  void np23NobodyServingIsNoEntry() {
    assertNull(target());
    cluster.put(
        slice(
            "1",
            new EndpointSlice.Port("http", "TCP", 80),
            new EndpointSlice.Endpoint(List.of("10.0.0.1"), false, false, true)));
    assertNull(target());
  }

  @Test
  void np23OnlyTheServicePortOfThatNameCounts() {
    cluster.put(slice("1", new EndpointSlice.Port("metrics", "TCP", 9090), serving("10.0.0.1")));
    assertNull(target());
  }
}
