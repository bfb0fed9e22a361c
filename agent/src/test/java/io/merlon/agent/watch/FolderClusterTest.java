package io.merlon.agent.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.api.ClusterEvent.Kind;
import io.merlon.agent.api.EndpointSlice;
import io.merlon.agent.api.EndpointSlice.Endpoint;
import io.merlon.agent.api.Node;
import io.merlon.agent.api.Pod;
import io.merlon.agent.api.Pod.Owner;
import io.merlon.agent.api.Pod.Phase;
import io.merlon.agent.api.Service;
import io.merlon.agent.watch.SourceMap.Place;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a cluster would add to the manifests of a folder. */
final class FolderClusterTest {
  @TempDir Path root;
  private Folder folder;

  @BeforeEach
  void setUp() {
    folder = new Folder(root);
  }

  private static String pod(String name, String more) {
    return "apiVersion: v1\nkind: Pod\nmetadata: {name: " + name + ", labels: {app: a}}\n" + more;
  }

  private static String workload(String kind, String name, String spec) {
    String apiVersion = kind.endsWith("Job") ? "batch/v1" : "apps/v1";
    return """
    apiVersion: %s
    kind: %s
    metadata: {name: %s, namespace: shop}
    spec:
      %s
      template:
        metadata: {labels: {app: %s}}
        spec: {serviceAccountName: sa, containers: [{name: c, ports: [{name: web, containerPort: 8080}]}]}
    """
        .formatted(apiVersion, kind, name, spec, name);
  }

  private List<Service> services(FolderContents contents) {
    return contents.snapshot().services().stream()
        .sorted(Comparator.comparing(Service::name))
        .toList();
  }

  private List<EndpointSlice> slices(FolderContents contents) {
    return contents.snapshot().endpointSlices().stream()
        .sorted(Comparator.comparing(EndpointSlice::name))
        .toList();
  }

  @Test
  void aPodWithoutStatusRunsOnTheOnlyNodeWithAnAddressOfEachFamily() {
    folder.write("a.yaml", pod("p", ""));
    FolderContents contents = folder.read();
    Pod pod = Folder.pod(contents, "p");
    assertEquals(Phase.RUNNING, pod.phase());
    assertEquals("default", pod.namespace());
    assertEquals("default", pod.serviceAccount());
    assertEquals("node", pod.node());
    // These very addresses are promised to stay: they depend on the name alone.
    assertEquals(List.of("100.78.59.167", "fd6d:6572:6c6f:1::e:3ba7"), pod.ips());
    Node node = contents.snapshot().nodes().iterator().next();
    assertEquals("node", node.name());
    assertTrue(node.addresses().getFirst().startsWith("100.96."), node::toString);
    assertTrue(node.addresses().getLast().startsWith("fd6d:6572:6c6f:3::"), node::toString);
  }

  @Test
  void aFolderWithoutPodsHasNoNode() {
    folder.write("a.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n");
    assertEquals(List.of(), List.copyOf(folder.read().snapshot().nodes()));
  }

  @Test
  void keepsTheStatusThatIsWritten() {
    folder.write(
        "a.yaml",
        pod("p", "spec: {nodeName: x}\nstatus: {phase: Failed, podIPs: [{ip: 10.0.0.1}]}\n"));
    FolderContents contents = folder.read();
    Pod pod = Folder.pod(contents, "p");
    assertEquals(Phase.FAILED, pod.phase());
    assertEquals(List.of("10.0.0.1"), pod.ips());
    assertEquals("x", pod.node());
    assertEquals("x", contents.snapshot().nodes().iterator().next().name());
  }

  @Test
  void podsThatNameNoNodeGoToTheFirst() {
    folder
        .write("n1.yaml", "apiVersion: v1\nkind: Node\nmetadata: {name: b}\n")
        .write(
            "n2.yaml",
            """
            apiVersion: v1
            kind: Node
            metadata: {name: a, labels: {zone: z}}
            status: {addresses: [{type: InternalIP, address: 10.9.0.1}]}
            """)
        .write("p.yaml", pod("p", ""))
        .write("h.yaml", pod("h", "spec: {hostNetwork: true}\n"));
    FolderContents contents = folder.read();
    assertEquals("a", Folder.pod(contents, "p").node());
    assertEquals(List.of("10.9.0.1"), Folder.pod(contents, "h").ips());
    assertEquals(
        Map.of("zone", "z", "kubernetes.io/hostname", "a"),
        contents.snapshot().nodes().stream()
            .filter(node -> node.name().equals("a"))
            .findFirst()
            .orElseThrow()
            .labels());
  }

  @Test
  void addressesAreUniqueStableAndAvoidThoseThatAreWritten() {
    for (int i = 0; i < 2_000; i++) {
      folder.write("p" + i + ".yaml", pod("p" + i, ""));
    }
    FolderContents before = folder.read();
    var all = new HashSet<String>();
    before.snapshot().pods().forEach(pod -> all.addAll(pod.ips()));
    assertEquals(4_000, all.size());

    String given = Folder.pod(before, "p7").ips().getFirst();
    folder
        .write("given.yaml", pod("given", "status: {podIPs: [{ip: " + given + "}]}\n"))
        .write("zz.yaml", pod("zz-unrelated", ""));
    FolderContents after = folder.read();
    int moved = 0;
    for (Pod pod : before.snapshot().pods()) {
      if (!pod.ips().equals(Folder.pod(after, pod.name()).ips())) {
        moved++;
      }
    }
    assertEquals(1, moved);
    assertFalse(Folder.pod(after, "p7").ips().contains(given));
  }

  @Test
  void collidingNamesTakeTheNextAddressInOrderOfTheirNames() {
    var keys = new TreeSet<String>();
    for (int i = 0; i < 20_000; i++) {
      keys.add("n/" + i);
    }
    Map<String, AddressPlan.Pair> assigned = AddressPlan.SERVICES.assign(keys, Set.of());
    assertEquals(20_000, Set.copyOf(assigned.values()).size());
    assertFalse(assigned.values().stream().anyMatch(pair -> pair.v4().equals("100.80.0.0")));
    assertFalse(assigned.values().stream().anyMatch(pair -> pair.v4().equals("100.80.255.255")));
    assertEquals(assigned, new HashMap<>(AddressPlan.SERVICES.assign(keys, Set.of())));
  }

  @Test
  void workloadsBecomePods() {
    folder
        .write("a.yaml", workload("Deployment", "web", "replicas: 2"))
        .write(
            "b.yaml",
            workload("StatefulSet", "db", "{replicas: 2, ordinals: {start: 5}}")
                .replace(
                    "{replicas: 2, ordinals: {start: 5}}", "replicas: 2\n  ordinals: {start: 5}"))
        .write("c.yaml", workload("DaemonSet", "log", "minReadySeconds: 1"))
        .write("d.yaml", workload("ReplicaSet", "rs", "replicas: 0"))
        .write("e.yaml", workload("Job", "once", "parallelism: 2"))
        .write(
            "n.yaml",
            """
            apiVersion: v1
            kind: Node
            metadata: {name: n1}
            ---
            apiVersion: v1
            kind: Node
            metadata: {name: n2}
            """)
        .write(
            "f.yaml",
            """
            apiVersion: batch/v1
            kind: CronJob
            metadata: {name: nightly, namespace: shop}
            spec:
              schedule: "0 0 * * *"
              jobTemplate:
                spec:
                  template:
                    metadata:
                      labels: {app: nightly}
                    spec: {containers: [{name: c}]}
            """);
    FolderContents contents = folder.read();
    assertEquals(List.of(), contents.problems());
    assertEquals(
        List.of(
            "db-5", "db-6", "log-n1", "log-n2", "nightly-0", "once-0", "once-1", "web-0", "web-1"),
        Folder.podNames(contents));
    Pod web = Folder.pod(contents, "web-1");
    assertEquals(new Owner("Deployment", "web"), web.owner());
    assertEquals(Map.of("app", "web"), web.labels());
    assertEquals("sa", web.serviceAccount());
    assertEquals("shop", web.namespace());
    assertEquals(8080, web.ports().getFirst().port());
    assertEquals("n2", Folder.pod(contents, "log-n2").node());
    assertEquals(
        Map.of(
            "app", "db",
            "statefulset.kubernetes.io/pod-name", "db-6",
            "apps.kubernetes.io/pod-index", "6"),
        Folder.pod(contents, "db-6").labels());
    assertEquals("once", Folder.pod(contents, "once-0").labels().get("job-name"));
    assertEquals(
        Optional.of(new Place(root.resolve("f.yaml"), 10)),
        contents.sources().place(Folder.key(Kind.POD, "shop", "nightly-0"), "metadata.labels.app"));
  }

  @Test
  void aDumpOfAClusterIsNotExpandedTwice() {
    String owned = "ownerReferences: [{apiVersion: apps/v1, kind: %s, name: %s, controller: true}]";
    folder
        .write("a.yaml", workload("Deployment", "web", "replicas: 2"))
        .write(
            "b.yaml",
            workload("ReplicaSet", "web-1", "replicas: 2")
                .replace(
                    "namespace: shop", "namespace: shop, " + owned.formatted("Deployment", "web")))
        .write(
            "c.yaml",
            workload("ReplicaSet", "web-old", "replicas: 2")
                .replace(
                    "namespace: shop", "namespace: shop, " + owned.formatted("Deployment", "web")))
        .write(
            "p.yaml",
            pod("web-1-abc", "")
                .replace(
                    "metadata: {",
                    "metadata: {namespace: shop, " + owned.formatted("ReplicaSet", "web-1") + ", "))
        .write("d.yaml", workload("Deployment", "other", "replicas: 1"))
        .write(
            "e.yaml",
            workload("ReplicaSet", "other-1", "replicas: 1")
                .replace(
                    "namespace: shop",
                    "namespace: shop, " + owned.formatted("Deployment", "other")));
    assertEquals(List.of("other-0", "web-1-abc"), Folder.podNames(folder.read()));
  }

  @Test
  void twoWorkloadsOfOneNameDoNotShareTheirPods() {
    folder
        .write("a.yaml", workload("Deployment", "web", "replicas: 1"))
        .write("b.yaml", workload("StatefulSet", "web", "replicas: 1"));
    FolderContents contents = folder.read();
    assertEquals(List.of("web-0", "web-deployment-0"), Folder.podNames(contents));
    assertEquals(new Owner("StatefulSet", "web"), Folder.pod(contents, "web-0").owner());
  }

  @Test
  void replicasBeyondReasonAreCutAndReported() {
    folder.write("a.yaml", workload("Deployment", "web", "replicas: 2000000000"));
    assertEquals(1_000, folder.read().snapshot().pods().size());
    assertEquals(
        List.of(
            "a.yaml:1: warning: Deployment shop/web: spec.replicas:"
                + " only 1000 of 2000000000 replicas are considered"),
        folder.problems());
  }

  @Test
  void namespacesInUseExistAndCarryTheirName() {
    folder
        .write("a.yaml", pod("p", "").replace("{name", "{namespace: used, name"))
        .write(
            "b.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: real, labels: {a: b}}\n");
    var labels = new HashMap<String, Map<String, String>>();
    folder.read().snapshot().namespaces().forEach(n -> labels.put(n.name(), n.labels()));
    assertEquals(
        Map.of(
            "used", Map.of("kubernetes.io/metadata.name", "used"),
            "real", Map.of("kubernetes.io/metadata.name", "real", "a", "b")),
        labels);
  }

  @Test
  void aServiceGetsAnAddressAndItsEndpointsByNamedTargetPort() {
    folder
        .write(
            "s.yaml",
            """
            apiVersion: v1
            kind: Service
            metadata: {name: s}
            spec:
              selector: {app: a}
              ports: [{name: http, port: 80, targetPort: web}, {name: dns, port: 53, protocol: UDP}]
            """)
        .write(
            "p.yaml",
            pod(
                "p",
                "spec: {containers: [{name: c, ports: [{name: web, containerPort: 8080}]}]}\n"))
        .write(
            "q.yaml",
            pod("q", "spec: {containers: [{name: c, ports: [{name: web, containerPort: 80}]}]}\n"))
        .write("r.yaml", pod("r", "status: {phase: Pending}\n"))
        .write("t.yaml", pod("t", "status: {phase: Succeeded}\n"))
        .write("u.yaml", pod("u", "").replace("app: a", "app: b"))
        .write("v.yaml", pod("v", "").replace("{name", "{namespace: other, name"));
    FolderContents contents = folder.read();
    Service service = services(contents).getFirst();
    assertEquals(1, service.addresses().size());
    assertTrue(service.addresses().getFirst().startsWith("100.80."), service::toString);
    var dns = new EndpointSlice.Port("dns", "UDP", 53);
    assertEquals(
        List.of(
            new EndpointSlice(
                "default",
                "s-ipv4",
                "s",
                "IPv4",
                List.of(new EndpointSlice.Port("http", "TCP", 8080), dns),
                List.of(endpoint(contents, "p", true))),
            new EndpointSlice(
                "default",
                "s-ipv4-2",
                "s",
                "IPv4",
                List.of(new EndpointSlice.Port("http", "TCP", 80), dns),
                List.of(endpoint(contents, "q", true))),
            new EndpointSlice(
                "default",
                "s-ipv4-3",
                "s",
                "IPv4",
                List.of(dns),
                List.of(endpoint(contents, "r", false)))),
        slices(contents));
    assertEquals(
        Optional.of(new Place(root.resolve("s.yaml"), 6)),
        contents.sources().place(Folder.key(Kind.SERVICE, "default", "s"), "spec.ports[0].port"));
  }

  private static Endpoint endpoint(FolderContents contents, String pod, boolean ready) {
    return new Endpoint(List.of(Folder.pod(contents, pod).ips().getFirst()), ready, ready, false);
  }

  @Test
  void servicesFollowTheirIpFamilies() {
    String service =
        "apiVersion: v1\nkind: Service\nmetadata: {name: %s}\nspec: {selector: {app: a}, ports: [{port: 80}], %s}\n";
    folder
        .write("p.yaml", pod("p", ""))
        .write("a.yaml", service.formatted("dual", "ipFamilyPolicy: PreferDualStack"))
        .write("b.yaml", service.formatted("six", "ipFamilies: [IPv6]"))
        .write("c.yaml", service.formatted("given", "clusterIP: 'fd00::5'"))
        .write("d.yaml", service.formatted("headless", "clusterIP: None"))
        .write("e.yaml", service.formatted("external", "type: ExternalName, externalName: x.y"))
        .write("f.yaml", service.formatted("sliced", "type: NodePort"))
        .write(
            "g.yaml",
            """
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            addressType: IPv4
            metadata: {name: own, labels: {kubernetes.io/service-name: sliced}}
            endpoints: []
            """);
    FolderContents contents = folder.read();
    assertEquals(List.of(), contents.problems());
    assertEquals(
        List.of("dual-ipv4", "dual-ipv6", "given-ipv6", "headless-ipv4", "own", "six-ipv6"),
        slices(contents).stream().map(EndpointSlice::name).toList());
    var addresses = new HashMap<String, Integer>();
    services(contents).forEach(s -> addresses.put(s.name(), s.addresses().size()));
    assertEquals(
        Map.of("dual", 2, "six", 1, "given", 1, "headless", 0, "external", 0, "sliced", 1),
        addresses);
  }
}
